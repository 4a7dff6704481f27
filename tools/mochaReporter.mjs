// mocha's own report, then the totals alone on a line for whoever reads the output by machine.
import mocha from "mocha";

export default class extends mocha.reporters.Spec {
  /** @override */
  epilogue() {
    super.epilogue();
    console.log(`${this.stats.passes} passed, ${this.stats.failures} failed`);
  }
}
