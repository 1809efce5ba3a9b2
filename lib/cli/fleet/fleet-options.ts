import { type Command, InvalidArgumentError } from "commander";
import { defaultOutput, type Fleet, fleetOf } from "./fleet";
import { selected, type Selection } from "./selection";

/** By which a fleet is found. */
export interface FleetOptions extends Selection {
  readonly output: string;
  readonly state?: readonly string[];
}

/** How its hosts are asked, and what is printed. */
export interface AskOptions extends FleetOptions {
  readonly timeout?: number;
  readonly parallelism: number;
  readonly json?: boolean;
}

/** What a command has where nothing is said. */
interface Defaults {
  /** Seconds that a host has; as long as it takes otherwise. */
  readonly timeout?: number;
  readonly parallelism?: number;
}

/** How many hosts are asked at once: of more, a small machine that asks would have each wait for the others. */
const AT_ONCE = 24;

/** Gives a command the options by which a fleet is found. */
export function overFleet(command: Command): Command {
  return command
    .option("--hosts <names>", "of these hosts alone: 'web1,db*'")
    .option("--services <names>", "of these services alone")
    .option("--stacks <names>", "of these stacks alone")
    .option("--output <folder>", "where cdktf has synthesized to", defaultOutput())
    .option(
      "--state <file>",
      "what 'terraform show -json' prints, or a local state: tells what the engine alone knows (repeatable)",
      (file: string, before: string[] = []) => [...before, file],
    );
}

/** Gives a command that asks many hosts the same options as every other one. */
export function asksFleet(command: Command, { timeout, parallelism = AT_ONCE }: Defaults = {}): Command {
  return overFleet(command)
    .option("--timeout <seconds>", "after which a host is given up", count, timeout)
    .option("--parallelism <hosts>", "on how many at once", count, parallelism)
    .option("--json", "print what came of it, for programs");
}

/**
 * The part of the fleet that a command is about.
 * @throws if there is none
 */
export function fleetMeant({ output, state, hosts, services, stacks }: FleetOptions): Fleet {
  return selected(fleetOf({ output, states: state }), { stacks, hosts, services });
}

/** Reads a whole number that is more than none, for an option. */
export function count(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It has to be a number from 1.");
}
