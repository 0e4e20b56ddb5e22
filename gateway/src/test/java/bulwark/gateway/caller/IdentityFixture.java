package bulwark.gateway.caller;

import bulwark.gateway.state.GatewayStore;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.evidence.store.AuditedStore;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.network.AddressGuard;
import bulwark.kernel.network.AddressPolicy;
import bulwark.kernel.network.IpPrefix;
import bulwark.kernel.network.SystemResolver;
import bulwark.kernel.signing.Signing;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Set;

/** Identity on the gateway's own store, as the settings make it. */
record IdentityFixture(AuditedStore store, GatewayIdentity composed, Metrics metrics) implements AutoCloseable {
    static IdentityFixture open(Path folder, Configuration settings) {
        Clock clock = Clock.systemUTC();
        Metrics metrics = new Metrics(GatewayIdentity.METRICS);
        AuditedStore store = GatewayStore.open(folder, "", clock);
        GatewayIdentity composed = new GatewayIdentity(
                CallerSettings.of(settings), folder, store, guard(settings), metrics, Signing.fastest(), clock);
        return new IdentityFixture(store, composed, metrics);
    }

    private static AddressGuard guard(Configuration settings) {
        List<IpPrefix> allowed = settings.list("STOA_SSRF__ALLOWED_CIDRS").stream()
                .map(IpPrefix::parse)
                .toList();
        return new AddressGuard(
                new SystemResolver(), new AddressPolicy(allowed, Set.of(), Set.of(), "CIDRS", "HOSTS", "PORTS"));
    }

    IdentityStage stage() {
        return composed.stage();
    }

    String scrape() {
        return metrics.scrape();
    }

    @Override
    public void close() {
        composed.close();
        store.close();
    }
}
