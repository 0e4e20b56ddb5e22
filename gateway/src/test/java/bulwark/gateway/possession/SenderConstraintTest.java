package bulwark.gateway.possession;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.call.StageResult;
import bulwark.gateway.refusal.GatewayRefusal;
import bulwark.kernel.access.Principal;
import bulwark.kernel.json.Base64Url;
import bulwark.kernel.signing.CertificateAuthority;
import bulwark.kernel.signing.CertificateKey;
import java.io.InputStream;
import java.nio.file.Files;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens that are bound to a client certificate, and what a proxy says of one. */
class SenderConstraintTest extends SenderConstraintTestBase {
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
}
