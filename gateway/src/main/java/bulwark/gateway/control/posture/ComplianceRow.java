package bulwark.gateway.control.posture;

import bulwark.gateway.control.posture.Observation.Verdict;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A requirement, the capability that answers to it, and the observations by which it is judged.
 *
 * @param elsewhere what belongs to it and is not seen from here, with the way to see it; empty for nothing
 */
record ComplianceRow(String requirement, String capability, List<String> codes, String elsewhere) {
    static final String DISCLAIMER = "STOA Platform provides technical capabilities that support regulatory compliance"
            + " efforts. This does not constitute legal advice or a guarantee of compliance. Organizations should consult"
            + " qualified legal counsel for compliance requirements.";

    static final List<ComplianceRow> DORA = List.of(
            new ComplianceRow(
                    "ICT risk management",
                    "RBAC, audit trail, monitoring",
                    List.of("audit_chain", "administrators_named", "least_privilege", "gateways_in_sync"),
                    ""),
            new ComplianceRow(
                    "Incident reporting",
                    "Alertmanager + audit logs",
                    List.of("audit_chain"),
                    "Alerts are Prometheus's: see stoa hardening check."),
            new ComplianceRow(
                    "Operational resilience testing",
                    "Gateway Arena benchmarks",
                    List.of("resilience_tested", "gateways_redundant"),
                    "Drills of the team, such as a restore from a backup."),
            new ComplianceRow(
                    "Third-party risk",
                    "Multi-gateway adapter pattern",
                    List.of("backends_encrypted", "calls_limited"),
                    "stoa export nginx and export haproxy write the same routes for other proxies."),
            new ComplianceRow(
                    "Information sharing",
                    "OpenSearch audit trail",
                    List.of("audit_chain"),
                    "Whether records reach OpenSearch is seen at the gateways."));

    static final List<ComplianceRow> NIS2 = List.of(
            new ComplianceRow(
                    "Risk analysis",
                    "Security headers, SSRF blocklist",
                    List.of("backends_encrypted", "gateways_in_sync"),
                    "Headers and the address guard are observed at a gateway: see stoa hardening check."),
            new ComplianceRow(
                    "Incident handling",
                    "Prometheus alerts, audit trail",
                    List.of("audit_chain"),
                    "Alerts are Prometheus's: see stoa hardening check."),
            new ComplianceRow(
                    "Supply chain security",
                    "SBOM generation (CI), signed commits",
                    List.of("program_as_built"),
                    "Signatures of commits are checked where the program is built: see stoa hardening check."),
            new ComplianceRow(
                    "Encryption",
                    "TLS 1.2+, mTLS support",
                    List.of("backends_encrypted", "control_plane_encrypted", "certificates_current"),
                    ""),
            new ComplianceRow(
                    "Access control",
                    "Keycloak RBAC, 4 roles",
                    List.of(
                            "identity_provider",
                            "administrators_named",
                            "least_privilege",
                            "keys_fresh",
                            "approved_by_somebody"),
                    ""));

    /** Met when something was observed and nothing of it failed. */
    Map<String, Object> members(List<Observation> observed) {
        List<Observation> own =
                observed.stream().filter(each -> codes.contains(each.code())).toList();
        boolean failed = own.stream().anyMatch(each -> each.verdict() == Verdict.FAIL);
        boolean seen = own.stream().anyMatch(each -> each.verdict() == Verdict.PASS);
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("requirement", requirement);
        members.put("capability", capability);
        members.put("status", failed ? "not_met" : seen ? "met" : "not_observed");
        members.put("observations", own.stream().map(Observation::members).toList());
        if (!elsewhere.isEmpty()) {
            members.put("not_seen_here", elsewhere);
        }
        return members;
    }
}
