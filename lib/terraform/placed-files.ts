import { type Deployable } from "../deploy/deployable";
import { type InstalledFile } from "../deploy/managed-file";
import { type Host } from "../host/host";

/** Which files the services of a stack have on which of its hosts. */
export class PlacedFiles {
  private readonly owners = new Map<string, string>();

  /** @throws if another service has one of them there: each apply of the one would undo that of the other */
  add({ at, name }: Deployable, files: readonly InstalledFile[], hosts: readonly Host[]): void {
    files.forEach(({ path }, i) => {
      for (const host of hosts) {
        const other = this.owners.get(`${host.name} ${path}`);
        if (other !== undefined)
          at.key("files")
            .index(i)
            .refuse(`be a file of its own: '${other}' on '${host.name}' has this one too`, path);
        this.owners.set(`${host.name} ${path}`, name);
      }
    });
  }
}
