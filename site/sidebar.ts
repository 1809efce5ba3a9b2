/** What stands beside the pages of the site, in its order. A page of docs/ that is not named here fails a test. */

/** A heading of the sidebar, and the pages under it by their names in docs/. */
export interface Chapter {
  readonly text: string;
  readonly pages: Readonly<Record<string, string>>;
}

export const CHAPTERS: readonly Chapter[] = [
  {
    text: "Begin",
    pages: {
      index: "What it is",
      readme: "Read me",
      "first-ten-minutes": "The first ten minutes",
      guide: "Guide",
      import: "From unit files",
      "from-capistrano": "From Capistrano",
      "from-ansible": "From Ansible",
      "from-plain-machines": "From plain machines",
    },
  },
  {
    text: "Declare",
    pages: {
      files: "Files",
      hardening: "Hardening",
      "drop-ins": "Drop-ins",
      "user-units": "User units",
      "new-machines": "New machines",
      "first-boot": "First boot",
      retiring: "Retiring",
      testing: "Testing",
    },
  },
  {
    text: "Roll out",
    pages: { plan: "Plans", ci: "CI", state: "State", drift: "Drift", lock: "Locks", doctor: "Doctor" },
  },
  {
    text: "Run",
    pages: {
      "on-call": "A night on call",
      "on-the-host": "On the host",
      "restart-on": "Restarts by themselves",
      "command-line": "Command line",
      run: "Commands of the application",
      messages: "Messages",
    },
  },
  {
    text: "Know",
    pages: {
      architecture: "How it works",
      security: "Security",
      redmine: "Redmine",
      benchmarks: "Benchmarks",
      evidence: "Evidence",
    },
  },
  {
    text: "Project",
    pages: {
      changelog: "Changelog",
      contributing: "Contributing",
      "api/index": "API",
      "examples/index": "Examples",
    },
  },
];
