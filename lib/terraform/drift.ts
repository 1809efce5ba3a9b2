import { type IConstruct } from "constructs";
import { checkString } from "../values/check";
import { PropPath } from "../values/prop-path";
import { cdkOf, type TerraformStack } from "./cdk";
import { driftIn } from "./drift-file";

/** Takes what was otherwise on the host of an installation. */
type Taker = (sentence: string) => void;

/** Known by the stack, so that it may be said before or after the services. */
const DRIFTS = new WeakMap<TerraformStack, Drift>();

/**
 * What was changed by hand on the hosts of a stack, and is to stand in its plan: what `npx cdktf-puma drift --write` has seen. The next
 * apply puts the service back as the stack has it, on those hosts alone.
 *
 * @example
 * Drift.of(stack).read("cdktf-puma.drift.json");
 */
export class Drift {
  /**
   * The drift of a stack's services.
   * @param scope the stack, or a construct in it
   * @throws if it is in no stack
   * @example
   * const drift = Drift.of(stack);
   */
  static of(scope: IConstruct): Drift {
    const stack = cdkOf(scope).TerraformStack.of(scope);
    const drift = DRIFTS.get(stack) ?? new Drift(stack.node.id);
    DRIFTS.set(stack, drift);
    return drift;
  }

  private file?: string;
  private sentences: ReadonlyMap<string, readonly string[]> = new Map();
  private readonly takers = new Map<string, Taker>();

  private constructor(private readonly stack: string) {}

  /**
   * Reads what was seen, at synth. An installation is replaced once for each thing that was seen, so the file has to be kept: in
   * the repository, as the stack itself, or where jobs keep what they hand on. Unless this is called nothing is read.
   * @param file that `npx cdktf-puma drift --write` writes. It may be missing: nothing was seen then
   * @throws if it is anything else than what that command writes, or if another file was named before
   */
  read(file: string): void {
    const at = PropPath.of("Drift", this.stack).key("read");
    if (checkString(at, file) === "") at.refuse("name a file", file);
    if (this.file !== undefined && file !== this.file)
      at.refuse(`be one file for the stack: '${this.file}'`, file);
    this.file = file;
    this.sentences = driftIn(file).get(this.stack) ?? this.sentences;
    for (const [place, take] of this.takers) this.tell(place, take);
  }

  /** @internal Tells an installation of what was seen where it is, now or as soon as that is read. */
  _tell(place: string, take: Taker): void {
    this.takers.set(place, take);
    this.tell(place, take);
  }

  private tell(place: string, take: Taker): void {
    const seen = this.sentences.get(place);
    if (seen !== undefined) take(seen.join("; "));
  }
}
