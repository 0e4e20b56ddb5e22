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
import bulwark.gateway.refusal.GatewayWireErrors;
import bulwark.gateway.refusal.WireError;
import bulwark.kernel.access.Authentication;
import bulwark.kernel.access.Confirmation;
import bulwark.kernel.access.Principal;
import bulwark.kernel.json.Base64Url;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.network.IpPrefix;
import bulwark.kernel.signing.CertificateAuthority;
import bulwark.kernel.signing.CertificateKey;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.time.SettableClock;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Cases C1 to C11, D2, D4 and D5, with certificates as a proxy passes them. */
class SenderConstraintTest {
    private static final String FINGERPRINT = "ab".repeat(32);
    private static final String TOKEN = "a.b.c";
    private static final String PROXY = "10.0.0.9";
    private static final MtlsPolicy MTLS = new MtlsPolicy(
            true,
            true,
            List.of(IpPrefix.parse("10.0.0.0/8")),
            Set.of("CN=Issuing CA, O=Acme"),
            List.of("/mcp/v1/*", "/exact"),
            true,
            CertificateHeader.standardNames());
    private static final SenderPolicy PROOFS = new SenderPolicy(true, false);

    private final SettableClock clock = new SettableClock(Instant.parse("2026-11-27T12:00:00Z"));
    private final Metrics metrics = new Metrics(PossessionMetrics.DESCRIPTIONS);
    private final TestProof client = new TestProof();

    @TempDir
    Path folder;

    private SenderConstraint constraint(MtlsPolicy mtls, SenderPolicy policy) {
        return constraint(mtls, policy, 100);
    }

    private SenderConstraint constraint(MtlsPolicy mtls, SenderPolicy policy, int remembered) {
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
    private static MtlsPolicy mtls(
            boolean requireBinding, List<String> requiredRoutes, Map<CertificateHeader, String> headers) {
        return new MtlsPolicy(true, requireBinding, MTLS.trustedProxies(), Set.of(), requiredRoutes, true, headers);
    }

    private static GatewayCall call(String peer, String path, String... lines) {
        return call(peer, List.of(), path, lines);
    }

    private static GatewayCall call(String peer, List<X509Certificate> certificates, String path, String... lines) {
        String head = "GET " + path + " HTTP/1.1\r\nHost: gw.example\r\n"
                + (lines.length == 0 ? "" : String.join("\r\n", lines) + "\r\n") + "\r\n";
        byte[] bytes = head.getBytes(StandardCharsets.ISO_8859_1);
        HeadReader reader = new HeadReader(HeadLimits.STANDARD);
        reader.readRequest(bytes, bytes.length);
        CallPeer from = new CallPeer(new InetSocketAddress(peer, 40_000), false, certificates);
        return new GatewayCall(reader.request(), from, new TraceContext(1, 2, 3, true, false), 0);
    }

    /** As nginx passes it, with lines that replace those of the same name. */
    private static String[] certificate(String... changes) {
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

    private static Principal caller(@Nullable String certificate, @Nullable String key) {
        return new Principal(
                "user",
                "acme",
                Set.of(),
                "id",
                Set.of(),
                new Authentication(
                        Authentication.Method.TOKEN, Set.of(), null, Instant.MAX, new Confirmation(certificate, key)));
    }

    private static StageResult check(
            SenderConstraint constraint, GatewayCall call, boolean proofScheme, Principal who) {
        GatewayRefusal early = constraint.precheck(call);
        if (early != null) {
            return new StageResult.Refuse(early);
        }
        StageResult result = constraint.check(call, proofScheme, TokenDigest.of(TOKEN), who, null);
        return result instanceof StageResult.Later later
                ? later.result().toCompletableFuture().join()
                : result;
    }

    private static void assertRefused(StageResult result, int status, String code, String detail) {
        GatewayRefusal.SenderNotShown refusal = (GatewayRefusal.SenderNotShown) ((StageResult.Refuse) result).refusal();
        assertThat(refusal.code()).isEqualTo(code);
        assertThat(refusal.status()).isEqualTo(status);
        assertThat(refusal.detail()).contains(detail);
    }

    @DisplayName("C1: a bound token passes with its certificate and the backend hears of it")
    @Test
    void a_bound_token_passes_with_its_certificate_and_the_backend_hears_of_it() {
        GatewayCall call = call(PROXY, "/apis/x", certificate());
        assertThat(check(constraint(MTLS, SenderPolicy.OFF), call, false, caller(FINGERPRINT, null)))
                .isInstanceOf(StageResult.Pass.class);
        assertThat(call.backendFields())
                .containsExactly(
                        "X-Authenticated-Client-Fingerprint",
                        FINGERPRINT.substring(0, 16),
                        "X-Authenticated-Client-Subject",
                        "CN=client,O=Acme");
        assertThat(metrics.scrape()).contains("stoa_mtls_validations_total{result=\"success\"} 1.0");
    }

    static Stream<String> fingerprints() {
        byte[] bytes = HexFormat.of().parseHex(FINGERPRINT);
        return Stream.of(
                FINGERPRINT,
                FINGERPRINT.toUpperCase(java.util.Locale.ROOT),
                HexFormat.ofDelimiter(":").withUpperCase().formatHex(bytes),
                Base64Url.text(bytes));
    }

    @DisplayName("C9: a fingerprint is the same in each of its forms")
    @ParameterizedTest
    @MethodSource("fingerprints")
    void a_fingerprint_is_the_same_in_each_of_its_forms(String form) {
        GatewayCall call = call(PROXY, "/apis/x", certificate("X-SSL-Client-Fingerprint: " + form));
        assertThat(check(constraint(MTLS, SenderPolicy.OFF), call, false, caller(FINGERPRINT, null)))
                .isInstanceOf(StageResult.Pass.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "abab", "aa:bb", "da39a3ee5e6b4b0d3255bfef95601890afd80709"})
    void a_fingerprint_that_is_no_sha_256_is_invalid(String form) {
        GatewayCall call = call(PROXY, "/apis/x", certificate("X-SSL-Client-Fingerprint: " + form));
        StageResult result = check(constraint(MTLS, SenderPolicy.OFF), call, false, caller(FINGERPRINT, null));
        assertRefused(result, 403, "MTLS_CERT_INVALID", "fingerprint");
    }

    @DisplayName("C2: a stolen token with another certificate is refused")
    @Test
    void a_stolen_token_with_another_certificate_is_refused() {
        StageResult result = check(
                constraint(MTLS, SenderPolicy.OFF),
                call(PROXY, "/apis/x", certificate()),
                false,
                caller("cd".repeat(32), null));
        assertRefused(result, 403, "MTLS_BINDING_MISMATCH", "certificate binding mismatch");
        assertThat(metrics.scrape()).contains("stoa_mtls_binding_checks_total{result=\"mismatch\"} 1.0");
    }

    @Test
    void a_bound_token_without_its_certificate_is_refused_whatever_the_settings_say() {
        StageResult result = check(
                constraint(MtlsPolicy.OFF, SenderPolicy.OFF), call(PROXY, "/apis/x"), false, caller(FINGERPRINT, null));
        assertRefused(result, 401, "SENDER_CONSTRAINT_MTLS_MISSING", "client certificate");
        // Headers of a proxy count for nothing while they are switched off.
        StageResult headers = check(
                constraint(MtlsPolicy.OFF, SenderPolicy.OFF),
                call(PROXY, "/apis/x", certificate()),
                false,
                caller(FINGERPRINT, null));
        assertRefused(headers, 401, "SENDER_CONSTRAINT_MTLS_MISSING", "client certificate");
    }

    @DisplayName("C3: a route that asks for a certificate gets one")
    @ParameterizedTest
    @ValueSource(strings = {"/mcp/v1/tools/invoke", "/mcp/v1/", "/mcp/v1", "/exact", "/%6dcp/v1/tools", "/%2e%2e/x"})
    void a_route_that_asks_for_a_certificate_gets_one(String path) {
        GatewayRefusal refusal = constraint(MTLS, SenderPolicy.OFF).precheck(call(PROXY, path));
        assertThat(refusal).isInstanceOf(GatewayRefusal.SenderNotShown.class);
        assertThat(refusal.code()).isEqualTo("MTLS_CERT_REQUIRED");
    }

    @Test
    void the_certificate_of_a_trusted_proxy_is_no_callers() throws Exception {
        CertificateAuthority.openOrCreate(folder, "Proxies", CertificateKey.P256, clock);
        X509Certificate own;
        try (InputStream pem = Files.newInputStream(folder.resolve("ca.crt"))) {
            own = (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(pem);
        }
        GatewayRefusal refusal =
                constraint(MTLS, SenderPolicy.OFF).precheck(call(PROXY, List.of(own), "/mcp/v1/tools"));
        assertThat(refusal).isInstanceOf(GatewayRefusal.SenderNotShown.class);
        assertThat(refusal.code()).isEqualTo("MTLS_CERT_REQUIRED");
        MtlsPolicy anyIssuer = mtls(true, MTLS.requiredRoutes(), CertificateHeader.standardNames());
        assertThat(constraint(anyIssuer, SenderPolicy.OFF).precheck(call("192.0.2.7", List.of(own), "/mcp/v1/tools")))
                .as("a caller shows it itself")
                .isNull();
    }

    @Test
    void a_caller_at_its_share_of_remembered_proofs_keeps_no_other_out() {
        SenderConstraint constraint = constraint(MtlsPolicy.OFF, SenderPolicy.OFF, 20);
        for (int i = 0; i < 2; i++) {
            assertThat(proven(constraint, "acme", "ann")).isInstanceOf(StageResult.Pass.class);
        }
        StageResult refused = proven(constraint, "acme", "ann");
        GatewayRefusal refusal = ((StageResult.Refuse) refused).refusal();
        assertThat(GatewayWireErrors.of(refusal).status()).isEqualTo(429);
        assertThat(proven(constraint, "acme", "bob")).isInstanceOf(StageResult.Pass.class);
    }

    @Test
    void proofs_that_cannot_be_remembered_are_no_fault_of_the_caller() {
        SenderConstraint constraint = constraint(MtlsPolicy.OFF, SenderPolicy.OFF, 1);
        assertThat(proven(constraint, "acme", "ann")).isInstanceOf(StageResult.Pass.class);
        GatewayRefusal refusal = ((StageResult.Refuse) proven(constraint, "globex", "bob")).refusal();
        WireError answer = GatewayWireErrors.of(refusal);
        assertThat(answer.status()).isEqualTo(503);
        assertThat(refusal.code()).isEqualTo("proofs_unavailable");
        assertThat(answer.fields()).contains("Retry-After");
    }

    private StageResult proven(SenderConstraint constraint, String tenant, String name) {
        String proof = client.proof("GET", "https://gw.example/apis/x", clock.instant(), TOKEN);
        Principal bound = caller(null, client.thumbprint());
        Principal who = new Principal(name, tenant, Set.of(), "id", Set.of(), bound.authentication());
        return check(constraint, call(PROXY, "/apis/x", "DPoP: " + proof), true, who);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/mcp/v1x", "/mcp/capabilities", "/exact/x", "/health"})
    void other_routes_ask_for_none(String path) {
        assertThat(constraint(MTLS, SenderPolicy.OFF).precheck(call(PROXY, path)))
                .isNull();
    }

    @DisplayName("C5: a certificate that the proxy did not verify is invalid")
    @ParameterizedTest
    @ValueSource(strings = {"FAILED:certificate has expired", "NONE", "success", ""})
    void a_certificate_that_the_proxy_did_not_verify_is_invalid(String verify) {
        GatewayCall call = call(PROXY, "/apis/x", certificate("X-SSL-Client-Verify: " + verify));
        assertRefused(
                check(constraint(MTLS, SenderPolicy.OFF), call, false, caller(FINGERPRINT, null)),
                403,
                "MTLS_CERT_INVALID",
                "not SUCCESS");
    }

    @DisplayName("C4: a certificate has its time")
    @Test
    void a_certificate_has_its_time() {
        SenderConstraint constraint = constraint(MTLS, SenderPolicy.OFF);
        Principal who = caller(FINGERPRINT, null);
        for (String over : List.of("Nov 27 12:00:00 2026 GMT", "2026-11-27T12:00:00Z")) {
            GatewayCall call = call(PROXY, "/apis/x", certificate("X-SSL-Client-NotAfter: " + over));
            assertRefused(check(constraint, call, false, who), 403, "MTLS_CERT_EXPIRED", "expired on 2026-11-27");
        }
        GatewayCall early = call(PROXY, "/apis/x", certificate("X-SSL-Client-NotBefore: 2026-11-27T12:00:01Z"));
        assertRefused(check(constraint, early, false, who), 403, "MTLS_CERT_INVALID", "not valid before");
        GatewayCall unreadable = call(PROXY, "/apis/x", certificate("X-SSL-Client-NotAfter: some day"));
        assertRefused(check(constraint, unreadable, false, who), 403, "MTLS_CERT_INVALID", "validity");
    }

    @DisplayName("C6: an issuer outside the list is denied")
    @Test
    void an_issuer_outside_the_list_is_denied() {
        GatewayCall call = call(PROXY, "/apis/x", certificate("X-SSL-Client-I-DN: CN=Another CA,O=Acme"));
        assertRefused(
                check(constraint(MTLS, SenderPolicy.OFF), call, false, caller(FINGERPRINT, null)),
                403,
                "MTLS_ISSUER_DENIED",
                "issuer");
    }

    @DisplayName("C7: a certificate asks for a token that is bound to it")
    @Test
    void a_certificate_asks_for_a_token_that_is_bound_to_it() {
        SenderConstraint strict = constraint(MTLS, SenderPolicy.OFF);
        assertRefused(
                check(strict, call(PROXY, "/apis/x", certificate()), false, caller(null, null)),
                403,
                "MTLS_BINDING_REQUIRED",
                "certificate-bound token required");
        MtlsPolicy observing = mtls(false, List.of(), CertificateHeader.standardNames());
        assertThat(check(
                        constraint(observing, SenderPolicy.OFF),
                        call(PROXY, "/apis/x", certificate()),
                        false,
                        caller(null, null)))
                .isInstanceOf(StageResult.Pass.class);
    }

    @DisplayName("C8: headers of a peer that is no trusted proxy are refused whatever it says of itself")
    @Test
    void headers_of_a_peer_that_is_no_trusted_proxy_are_refused_whatever_it_says_of_itself() {
        GatewayCall call = call("192.0.2.7", "/apis/x", certificate("X-Forwarded-For: 10.0.0.9"));
        assertRefused(
                check(constraint(MTLS, SenderPolicy.OFF), call, false, caller(FINGERPRINT, null)),
                403,
                "MTLS_UNTRUSTED_PROXY",
                "untrusted source");
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-SSL-Client-Verify: SUCCESS", "x_ssl_client_fingerprint: x", "X-Ssl.Client-S-DN: CN=x"})
    void a_header_that_comes_twice_is_refused_in_whatever_spelling(String twice) {
        String[] lines =
                Stream.concat(Stream.of(certificate()), Stream.of(twice)).toArray(String[]::new);
        assertRefused(
                check(constraint(MTLS, SenderPolicy.OFF), call(PROXY, "/apis/x", lines), false, caller(null, null)),
                403,
                "MTLS_CERT_INVALID",
                "twice");
    }

    @DisplayName("D1, D2, D3: a token bound to a key passes with one proof under the scheme of proofs")
    @Test
    void a_token_bound_to_a_key_passes_with_one_proof_under_the_scheme_of_proofs() {
        SenderConstraint constraint = constraint(MtlsPolicy.OFF, SenderPolicy.OFF);
        Principal who = caller(null, client.thumbprint());
        String proof = client.proof("GET", "https://gw.example/apis/x", clock.instant(), TOKEN);

        assertThat(check(constraint, call(PROXY, "/apis/x", "DPoP: " + proof), true, who))
                .isInstanceOf(StageResult.Pass.class);
        assertRefused(
                check(constraint, call(PROXY, "/apis/x", "DPoP: " + proof), true, who),
                401,
                "invalid_dpop_proof",
                "replay detected");
        assertRefused(
                check(constraint, call(PROXY, "/apis/x"), true, who),
                401,
                "SENDER_CONSTRAINT_DPOP_MISSING",
                "missing DPoP header");
        assertRefused(
                check(constraint, call(PROXY, "/apis/x", "DPoP: " + proof, "DPoP: " + proof), true, who),
                401,
                "invalid_dpop_proof",
                "exactly one");
        assertRefused(
                check(constraint, call(PROXY, "/apis/x", "DPoP: " + proof), false, who),
                401,
                "SENDER_CONSTRAINT_DPOP_REQUIRED",
                "not Bearer");
        assertThat(metrics.scrape())
                .contains(
                        "stoa_dpop_validations_total{result=\"success\"} 1.0",
                        "stoa_dpop_validations_total{result=\"replay\"} 1.0");
    }

    @Test
    void a_token_that_is_bound_to_nothing_is_refused_where_all_must_be() {
        Principal who = caller(null, null);
        String proof = client.proof("GET", "https://gw.example/apis/x", clock.instant(), TOKEN);
        SenderConstraint proofs = constraint(MtlsPolicy.OFF, PROOFS);
        assertRefused(
                check(proofs, call(PROXY, "/apis/x"), false, who), 401, "SENDER_CONSTRAINT_DPOP_MISSING", "missing");
        assertRefused(
                check(proofs, call(PROXY, "/apis/x", "DPoP: " + proof), true, who),
                401,
                "SENDER_CONSTRAINT_DPOP_REQUIRED",
                "bound");
        assertRefused(
                check(
                        constraint(MTLS, new SenderPolicy(false, true)),
                        call(PROXY, "/apis/x", certificate()),
                        false,
                        who),
                401,
                "SENDER_CONSTRAINT_MTLS_REQUIRED",
                "bound");
        assertRefused(
                check(
                        constraint(MtlsPolicy.OFF, SenderPolicy.OFF),
                        call(PROXY, "/apis/x", "DPoP: " + proof),
                        true,
                        who),
                401,
                "SENDER_CONSTRAINT_DPOP_REQUIRED",
                "bound");
    }

    @DisplayName("D4: certificate and proof hold together")
    @Test
    void certificate_and_proof_hold_together() {
        Principal who = caller(FINGERPRINT, client.thumbprint());
        String proof = client.proof("GET", "https://gw.example/apis/x", clock.instant(), TOKEN);
        String[] both = Stream.concat(Stream.of(certificate()), Stream.of("DPoP: " + proof))
                .toArray(String[]::new);
        assertThat(check(constraint(MTLS, SenderPolicy.OFF), call(PROXY, "/apis/x", both), true, who))
                .isInstanceOf(StageResult.Pass.class);
    }

    @DisplayName("D5: profiles ask for proof and certificate")
    @Test
    void profiles_ask_for_proof_and_certificate() {
        SenderConstraint constraint = constraint(MTLS, SenderPolicy.OFF);
        Principal bare = caller(null, null);
        assertRefused(
                constraint.check(
                        call(PROXY, "/apis/x"), false, TokenDigest.of(TOKEN), bare, SecurityProfile.FAPI_BASELINE),
                403,
                "PROFILE_DPOP_REQUIRED",
                "proof");
        String proof = client.proof("GET", "https://gw.example/apis/x", clock.instant(), TOKEN);
        assertRefused(
                constraint.check(
                        call(PROXY, "/apis/x", "DPoP: " + proof),
                        true,
                        TokenDigest.of(TOKEN),
                        caller(null, client.thumbprint()),
                        SecurityProfile.FAPI_ADVANCED),
                403,
                "PROFILE_MTLS_REQUIRED",
                "certificate");
        assertThat(SecurityProfile.named("anything")).isEqualTo(SecurityProfile.FAPI_ADVANCED);
    }
}
