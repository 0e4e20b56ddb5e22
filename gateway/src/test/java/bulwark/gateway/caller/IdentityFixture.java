package bulwark.gateway.caller;

import bulwark.gateway.apikey.TestStore;
import bulwark.gateway.possession.MtlsPolicy;
import bulwark.gateway.possession.ProofPolicy;
import bulwark.gateway.possession.SenderPolicy;
import bulwark.kernel.evidence.store.AuditedStore;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.network.AddressGuard;
import bulwark.kernel.network.AddressPolicy;
import bulwark.kernel.network.IpPrefix;
import bulwark.kernel.network.SystemResolver;
import bulwark.kernel.network.TargetRefused;
import bulwark.kernel.network.TargetUrl;
import bulwark.kernel.signing.Signing;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Identity with Keycloak on loopback as its issuer. */
record IdentityFixture(AuditedStore store, GatewayIdentity composed) implements AutoCloseable {
    /** @param keycloak without a slash at its end */
    static IdentityFixture ofKeycloak(Path folder, String keycloak) {
        String realm = keycloak + "/realms/stoa";
        Clock clock = Clock.systemUTC();
        AuditedStore store = TestStore.open(folder, clock);
        IdentitySettings settings = new IdentitySettings(
                realm,
                Optional.of(url(realm + "/protocol/openid-connect/certs")),
                Set.of("stoa-mcp-gateway"),
                false,
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                1_000,
                MtlsPolicy.OFF,
                ProofPolicy.STANDARD,
                1_000,
                SenderPolicy.OFF,
                "https://gw.example");
        AddressPolicy loopback = new AddressPolicy(
                List.of(IpPrefix.parse("127.0.0.1/32")), Set.of(), Set.of(), "CIDRS", "HOSTS", "PORTS");
        GatewayIdentity composed = new GatewayIdentity(
                settings,
                folder,
                store,
                new AddressGuard(new SystemResolver(), loopback),
                new Metrics(GatewayIdentity.METRICS),
                Signing.fastest(),
                clock);
        return new IdentityFixture(store, composed);
    }

    private static TargetUrl url(String text) {
        try {
            return TargetUrl.parse(text);
        } catch (TargetRefused e) {
            throw new IllegalArgumentException(e);
        }
    }

    IdentityStage stage() {
        return composed.stage();
    }

    @Override
    public void close() {
        composed.close();
        store.close();
    }
}
