/** What the demo tells its stack, as demo.json in the folder that the stack is synthesized in. */
export interface DemoSettings {
  readonly greeting: string;
  readonly hosts: {
    readonly name: string;
    readonly address: string;
    readonly user: string;
    readonly hostKey: string;
    /** @default - the keys of the ssh agent */
    readonly keyFile?: string;
  }[];
}
