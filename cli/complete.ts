import { Argument, type Command } from "commander";

const shells = ["bash", "zsh", "fish", "powershell"];
const help = `
Examples:
  source <(apsaramq-mqtt complete bash)                    in .bashrc; zsh in .zshrc alike
  apsaramq-mqtt complete fish > ~/.config/fish/completions/apsaramq-mqtt.fish`;

/**
 * `apsaramq-mqtt complete`: teaches a shell the commands and their options, once all others are there. The shell's script
 * asks it again, `complete -- <words>`. The library brings the command along, and is loaded for what it answers only.
 */
export async function addCompleteCommand(program: Command, [command, ...words]: readonly string[]): Promise<void> {
  if (command === "complete" && [...shells, "--"].includes(words[0] ?? "")) {
    const { default: tab } = await import("@bomb.sh/tab/commander");
    tab(program);
    return;
  }
  program
    .command("complete")
    .description("print what makes a shell complete commands and options")
    .addArgument(new Argument("<shell>", "the shell").choices(shells))
    .addHelpText("after", help);
}
