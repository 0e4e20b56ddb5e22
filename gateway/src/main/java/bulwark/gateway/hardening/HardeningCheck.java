package bulwark.gateway.hardening;

import java.time.Clock;
import java.util.List;

/**
 * Judges every box of the page's checklist by observation: handshakes, requests, the process's own environment, the state folder, and what an operator names of other places. Changes
 * nothing; leaves the records of its own calls. Blocks for some seconds.
 */
public final class HardeningCheck {
    private HardeningCheck() {}

    /** In the order of the page. */
    public static List<BoxFinding> run(HardeningTarget target, Clock clock) {
        return List.of(
                TlsCheck.of(target, clock),
                ManifestCheck.networkPolicy(target),
                ManifestCheck.podSecurity(target),
                RealmCheck.bruteForce(target),
                RealmCheck.lifespans(target),
                ListenerChecks.addressGuard(target),
                ListenerChecks.headers(target),
                SecretCheck.of(target),
                ListenerChecks.roles(target),
                AuditTrailCheck.of(target, clock),
                ElsewhereChecks.alerting(target),
                ElsewhereChecks.imageScan(target),
                ElsewhereChecks.commits(target));
    }
}
