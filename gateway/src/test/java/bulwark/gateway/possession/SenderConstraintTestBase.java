package bulwark.gateway.possession;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.call.CallPeer;
import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.call.StageResult;
import bulwark.gateway.call.TraceContext;
import bulwark.gateway.http1.HeadLimits;
import bulwark.gateway.http1.HeadReader;
import bulwark.gateway.identity.TokenDigest;
import bulwark.gateway.refusal.GatewayRefusal;
import bulwark.kernel.access.Authentication;
import bulwark.kernel.access.Confirmation;
import bulwark.kernel.access.Principal;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.network.IpPrefix;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.time.SettableClock;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;

/** Calls with certificates and proofs before the check that binds tokens to both. */
abstract class SenderConstraintTestBase {
    static final String FINGERPRINT = "ab".repeat(32);
    static final String TOKEN = "a.b.c";
    static final String PROXY = "10.0.0.9";

    static final MtlsPolicy MTLS = new MtlsPolicy(
            true,
            true,
            List.of(IpPrefix.parse("10.0.0.0/8")),
            Set.of("CN=Issuing CA, O=Acme"),
            List.of("/mcp/v1/*", "/exact"),
            true,
            CertificateHeader.standardNames());

    final SettableClock clock = new SettableClock(Instant.parse("2026-11-27T12:00:00Z"));
    final Metrics metrics = new Metrics(PossessionMetrics.DESCRIPTIONS);
    final TestProof client = new TestProof();

    @TempDir
    Path folder;

    SenderConstraint constraint(MtlsPolicy mtls, SenderPolicy policy) {
        return constraint(mtls, policy, 100);
    }

    SenderConstraint constraint(MtlsPolicy mtls, SenderPolicy policy, int remembered) {
        return new SenderConstraint(
                mtls,
                ProofPolicy.STANDARD,
                policy,
                new MemoryReplayStore(remembered, clock),
                "https://gw.example",
                new PossessionMetrics(metrics),
                Signing.fastest(),
                clock);
    }

    /** Of any issuer. */
    static MtlsPolicy mtls(
            boolean requireBinding, List<String> requiredRoutes, Map<CertificateHeader, String> headers) {
        return new MtlsPolicy(true, requireBinding, MTLS.trustedProxies(), Set.of(), requiredRoutes, true, headers);
    }

    static GatewayCall call(String peer, String path, String... lines) {
        return call(peer, List.of(), path, lines);
    }

    static GatewayCall call(String peer, List<X509Certificate> certificates, String path, String... lines) {
        String head = "GET " + path + " HTTP/1.1\r\nHost: gw.example\r\n"
                + (lines.length == 0 ? "" : String.join("\r\n", lines) + "\r\n") + "\r\n";
        byte[] bytes = head.getBytes(StandardCharsets.ISO_8859_1);
        HeadReader reader = new HeadReader(HeadLimits.STANDARD);
        reader.readRequest(bytes, bytes.length);
        CallPeer from = new CallPeer(new InetSocketAddress(peer, 40_000), false, certificates);
        return new GatewayCall(reader.request(), from, new TraceContext(1, 2, 3, true, false), 0);
    }

    /** As nginx passes it, with lines that replace those of the same name. */
    static String[] certificate(String... changes) {
        List<String> lines = new java.util.ArrayList<>(List.of(
                "X-SSL-Client-Verify: SUCCESS",
                "X-SSL-Client-Fingerprint: " + FINGERPRINT,
                "X-SSL-Client-S-DN: CN=client,O=Acme",
                "X-SSL-Client-I-DN: CN=Issuing CA,O=Acme",
                "X-SSL-Client-NotBefore: Nov  1 00:00:00 2026 GMT",
                "X-SSL-Client-NotAfter: Dec 27 12:00:00 2026 GMT"));
        for (String change : changes) {
            String name = change.substring(0, change.indexOf(':'));
            lines.removeIf(line -> line.startsWith(name + ":"));
            lines.add(change);
        }
        return lines.toArray(String[]::new);
    }

    static Principal caller(@Nullable String certificate, @Nullable String key) {
        return new Principal(
                "user",
                "acme",
                Set.of(),
                "id",
                Set.of(),
                new Authentication(
                        Authentication.Method.TOKEN, Set.of(), null, Instant.MAX, new Confirmation(certificate, key)));
    }

    static StageResult check(SenderConstraint constraint, GatewayCall call, boolean proofScheme, Principal who) {
        GatewayRefusal early = constraint.precheck(call);
        if (early != null) {
            return new StageResult.Refuse(early);
        }
        StageResult result = constraint.check(call, proofScheme, TokenDigest.of(TOKEN), who, null);
        return result instanceof StageResult.Later later
                ? later.result().toCompletableFuture().join()
                : result;
    }

    static void assertRefused(StageResult result, int status, String code, String detail) {
        GatewayRefusal.SenderNotShown refusal = (GatewayRefusal.SenderNotShown) ((StageResult.Refuse) result).refusal();
        assertThat(refusal.code()).isEqualTo(code);
        assertThat(refusal.status()).isEqualTo(status);
        assertThat(refusal.detail()).contains(detail);
    }
}
