/** Why a test of somebody else's must fail here. */
export interface Gap {
  readonly because: string;
  /** Where the vendor says so. */
  readonly page: string;
}

/** The tests of a file that fail, by their names. */
export type Gaps = Readonly<Record<string, Gap>>;

const reference = "https://www.alibabacloud.com/help/en/apsaramq-for-mqtt/mqtt-upgraded/developer-reference";
const overview = `${reference}/mqtt-5-0-overview`;
const sessionPage = `${reference}/mqtt-5-0-session-expiry-interval`;
const limits = "https://help.aliyun.com/document_detail/63620.html";
const questions = "https://www.alibabacloud.com/help/en/apsaramq-for-mqtt/mqtt-upgraded/support/faq-about-features";
const traces =
  "https://help.aliyun.com/zh/apsaramq-for-mqtt/mqtt-upgraded/developer-reference/api-onsmqtt-2020-04-20-querymqtttracedevice";

const noWills = { because: "there are no wills", page: questions };
const noRetained = { because: "there are no retained messages", page: questions };
const cleanStart = { because: "a session that began with Clean Start ends with its connection", page: sessionPage };
const topicCuts = {
  because: "a topic without permission closes the connection (`resource auth failed`)",
  page: traces,
};
const dollarTopic = { because: "a topic begins with a parent topic of the instance", page: limits };

/** Whatever the assumptions are. */
const always = {
  test_publication_expiry: {
    because: "a message is kept for a minute at least",
    page: "https://www.alibabacloud.com/help/en/doc-detail/2794257.html",
  },
  test_session_expiry: { because: "a session is kept for ten minutes at least", page: sessionPage },
  test_will_delay: {
    because: "a session is kept for ten minutes at least, so no will comes before",
    page: sessionPage,
  },
  test_server_keep_alive: {
    because: "the keep alive that was asked for is returned, up to 8 minutes, and not always 60 seconds",
    page: `${reference}/optimized-device-cloud-interactions`,
  },
  test_shared_subscriptions: { because: "there are no shared subscriptions", page: overview },
} satisfies Gaps;

/** What each file of paho's tests is expected to fail at, as documented and with the assumptions they are written for. */
export const gapsAsDocumented = {
  "client_test.py": {
    test_dollar_topics: dollarTopic,
    test_keepalive: noWills,
    test_retained_messages: noRetained,
    test_subscribe_failure: topicCuts,
  },
  "client_test5.py": {
    ...always,
    test_client_topic_alias: cleanStart,
    test_dollar_topics: dollarTopic,
    test_keepalive: noWills,
    test_offline_message_queueing: cleanStart,
    test_retained_message: noRetained,
    test_subscribe_failure: topicCuts,
    test_subscribe_options: noRetained,
    test_will_delay: noWills,
    test_will_message: noWills,
  },
} satisfies Record<string, Gaps>;

export const gapsWithSwitches: Readonly<Record<keyof typeof gapsAsDocumented, Gaps>> = {
  "client_test.py": {},
  "client_test5.py": {
    ...always,
    test_dollar_topics: dollarTopic,
    test_subscribe_failure: {
      because: "the answer to a topic without permission is Not authorized, and not an unspecified error",
      page: traces,
    },
  },
};
