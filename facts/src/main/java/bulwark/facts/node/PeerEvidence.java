package bulwark.facts.node;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.Configuration.ConfigurationRefused;
import bulwark.kernel.tls.AuthorityNames;
import bulwark.kernel.tls.ReloadingTls;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is told about peers and the CAs that vouch for them: a warning and a gauge for CAs; peers that were refused leave audit rows. */
final class PeerEvidence {
    private static final Logger LOG = LoggerFactory.getLogger(PeerEvidence.class);

    private PeerEvidence() {}

    static AuthorityNames names(Configuration configuration) {
        try {
            return AuthorityNames.parse(configuration.list("STIGMEM_TLS_CA_NAMES"));
        } catch (IllegalArgumentException e) {
            throw new ConfigurationRefused(List.of("STIGMEM_TLS_CA_NAMES: " + e.getMessage()));
        }
    }

    static void watch(NodeCore core, ReloadingTls tls) {
        AuthorityNames names = names(core.configuration);
        core.metrics.gauge("stigmem_tls_authorities", () -> tls.authorities().size());
        core.metrics.gauge(
                "stigmem_tls_authorities_unbound", () -> unbound(tls, names).size());
        warn(tls, names);
        tls.onReload(outcome -> {
            if (outcome instanceof ReloadingTls.Reload.Loaded) {
                warn(tls, names);
            }
        });
        tls.onRefusedPeer(core.refusals::refused);
    }

    private static Map<String, String> unbound(ReloadingTls tls, AuthorityNames names) {
        return tls.authorities().entrySet().stream()
                .filter(authority -> !names.isBound(authority.getKey()))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** One CA that may vouch for every name is what the operator wanted; a second one is worth a look. */
    private static void warn(ReloadingTls tls, AuthorityNames names) {
        Map<String, String> unbound = unbound(tls, names);
        if (tls.authorities().size() > 1 && !unbound.isEmpty()) {
            LOG.warn(
                    "SECURITY WARNING: STIGMEM_TLS_CA_BUNDLE holds {} CAs, and these may vouch for every name, also for this"
                            + " node's: {}. Bind each with STIGMEM_TLS_CA_NAMES=<SHA-256>=<beginning of a URI>, or remove it.",
                    tls.authorities().size(),
                    unbound);
        }
    }
}
