import { checkLiterals } from "../values/characters";
import { checkTokenString } from "../values/check";
import { isToken } from "../values/marker";
import { PropPath } from "../values/prop-path";

const AUTHORITY = PropPath.of("HostKey.authority").key("publicKey");

/**
 * By what the engine knows a host, if not by the very key of its sshd.
 *
 * @example
 * const hostKey = HostKey.authority("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl");
 */
export class HostKey {
  /**
   * An authority that signs the keys of hosts: whatever key a host has, it is taken if the authority has signed it for the
   * host's `address` (`ssh-keygen -s AUTHORITY -h -n ADDRESS …`, and sshd's `HostCertificate`). A new host needs no new pin.
   * @param publicKey its public key, as ssh-keygen writes it: `ssh-ed25519 AAAA…`. Terraform tokens are welcome.
   * @throws if it is no public key
   * @example
   * HostKey.authority(new TerraformVariable(stack, "authority", {}).stringValue);
   */
  static authority(publicKey: string): HostKey {
    checkPublicKey(AUTHORITY, publicKey);
    return new HostKey(publicKey);
  }

  private constructor(private readonly publicKey: string) {}

  /** @internal As the engines take it: they try a key both ways, as a host's and as an authority's. */
  get _publicKey(): string {
    return this.publicKey;
  }
}

/** A pinned key as the engines take it. */
export function keyText(key: string | HostKey | undefined): string | undefined {
  return key instanceof HostKey ? key._publicKey : key;
}

/** Throws if a text is no public key, as known_hosts has one behind the address. */
export function checkPublicKey(at: PropPath, key: string): void {
  if (isToken(checkTokenString(at, key))) return;
  checkLiterals(at, key);
  if (/^(ssh|ecdsa|sk)-[\w@.-]+ [A-Za-z0-9+/=]+( [^\n]*)?$/.test(key)) {
    if (/^\S+-cert-v\d+@/.test(key)) at.refuse("be a public key, not a certificate", key);
    return;
  }
  at.refuse("be a kind and a key, such as 'ecdsa-sha2-nistp256 AAAA…', without the address before them", key);
}
