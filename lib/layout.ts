/** Where a host keeps what the library knows of a service: its record, and the helper that its unit stops it with. */
const ROOT = "/var/lib/cdktf-puma";

/** The `ExecStop=` of a service: see stop.sh. */
export function stopCommand(service: string): string {
  return `/bin/sh ${ROOT}/${service}/stop.sh $MAINPID`;
}
