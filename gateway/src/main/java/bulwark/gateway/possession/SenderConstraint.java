package bulwark.gateway.possession;

import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.call.StageResult;
import bulwark.gateway.identity.TokenDigest;
import bulwark.gateway.permission.RoleTable;
import bulwark.gateway.refusal.GatewayRefusal;
import bulwark.kernel.access.Authentication;
import bulwark.kernel.access.Confirmation;
import bulwark.kernel.access.Principal;
import bulwark.kernel.signing.Signing;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Lets a call pass when what must come with its credential has come: the certificate or key that the token names, and what route, profile and operator ask for besides. What a token
 * names is enforced whatever the settings say. Certificates are judged on the event loop, proofs on virtual threads. Thread-safe.
 */
public final class SenderConstraint {
    private static final String PROOF_HEADER = "dpop";
    private static final String CHALLENGE =
            "DPoP error=\"invalid_dpop_proof\", algs=\"ES256 ES384 RS256 RS384 RS512 PS256 PS384 PS512 EdDSA\"";
    private static final int MAX_UNDER_WAY = 256;
    private static final int SHOWN_FINGERPRINT = 16;
    private static final long FORGOTTEN_AFTER_SECONDS = 10;

    private final MtlsPolicy mtls;
    private final ProofPolicy proofs;
    private final SenderPolicy policy;
    private final CertificateCheck certificates;
    private final ProofVerifier verifier;
    private final PossessionMetrics metrics;
    private final Semaphore underWay = new Semaphore(MAX_UNDER_WAY);

    /** @param externalUrl under which clients reach this gateway */
    public SenderConstraint(
            MtlsPolicy mtls,
            ProofPolicy proofs,
            SenderPolicy policy,
            ProofReplayStore replays,
            String externalUrl,
            PossessionMetrics metrics,
            Signing signing,
            Clock clock) {
        this.mtls = mtls;
        this.proofs = proofs;
        this.policy = policy;
        this.certificates = new CertificateCheck(mtls, clock);
        this.verifier = new ProofVerifier(proofs, replays, externalUrl, signing, clock);
        this.metrics = metrics;
    }

    /** Before the caller is known: a certificate that does not hold, or is missing where the route asks for one. Null when the call may go on. */
    public @Nullable GatewayRefusal precheck(GatewayCall call) {
        try {
            certificates.find(call);
            return null;
        } catch (MtlsRefused e) {
            return refused(e);
        }
    }

    /**
     * @param proofScheme whether the token came with the scheme {@code DPoP}
     * @param digest of the credential
     * @param profile of the subscription; null when there is none
     * @return the passing has written nothing to the call but headers for the backend
     */
    public StageResult check(
            GatewayCall call,
            boolean proofScheme,
            TokenDigest digest,
            Principal caller,
            @Nullable SecurityProfile profile) {
        boolean token = caller.authentication().method() == Authentication.Method.TOKEN;
        Confirmation confirmation = caller.authentication().confirmation();
        List<String> sent = call.head().values(PROOF_HEADER);
        try {
            PresentedCertificate certificate = certificates.find(call);
            checkCertificate(certificate, confirmation, token);
            checkTenant(certificate, caller);
            checkProfile(certificate, sent, confirmation, profile);
            boolean needed = checkProofIsThere(sent, confirmation, proofScheme, token);
            forward(call, certificate);
            return needed ? verified(call, sent.getFirst(), digest, caller) : StageResult.PASS;
        } catch (MtlsRefused e) {
            return new StageResult.Refuse(refused(e));
        } catch (SenderRefused e) {
            return new StageResult.Refuse(e.refusal());
        }
    }

    private void checkCertificate(
            @Nullable PresentedCertificate certificate, Confirmation confirmation, boolean token) {
        String bound = confirmation.certificate();
        boolean needed = bound != null || (token && policy.certificateRequired());
        if (needed) {
            metrics.sender(certificate != null && bound != null, "mtls");
        }
        if (bound == null) {
            if (token && policy.certificateRequired()) {
                throw new SenderRefused(
                        401, "SENDER_CONSTRAINT_MTLS_REQUIRED", "the token must be bound to a client certificate");
            }
            if (token && certificate != null && mtls.enabled() && mtls.requireBinding()) {
                throw new MtlsRefused(MtlsFault.MTLS_BINDING_REQUIRED, "certificate-bound token required");
            }
            return;
        }
        if (certificate == null) {
            throw new SenderRefused(
                    401,
                    "SENDER_CONSTRAINT_MTLS_MISSING",
                    "the token is bound to a client certificate, which must come with it");
        }
        boolean matches = isSame(bound, certificate);
        metrics.binding(matches);
        if (!matches) {
            if (mtls.enabled()) {
                throw new MtlsRefused(MtlsFault.MTLS_BINDING_MISMATCH, "certificate binding mismatch");
            }
            throw new SenderRefused(403, "SENDER_CONSTRAINT_MTLS_MISMATCH", "certificate binding mismatch");
        }
    }

    /** A certificate of one tenant opens nothing to a caller of another. */
    private void checkTenant(@Nullable PresentedCertificate certificate, Principal caller) {
        if (certificate == null || !namesTenants() || caller.tenant().equals(RoleTable.PLATFORM)) {
            return;
        }
        String tenant = CertificateTenant.of(certificate.subject());
        if (tenant != null && !tenant.equalsIgnoreCase(caller.tenant())) {
            throw new MtlsRefused(
                    MtlsFault.MTLS_TENANT_MISMATCH, "the client certificate is of another tenant than the credential");
        }
    }

    private boolean namesTenants() {
        return mtls.enabled() && mtls.tenantFromDn();
    }

    /**
     * The tenant of a caller whose token names none: that of the certificate which the token is bound to. Null when there is none.
     *
     * @param caller by the token
     */
    public @Nullable String tenant(GatewayCall call, Principal caller) {
        String bound = caller.authentication().confirmation().certificate();
        if (bound == null || !namesTenants()) {
            return null;
        }
        try {
            PresentedCertificate certificate = certificates.find(call);
            return certificate != null && isSame(bound, certificate)
                    ? CertificateTenant.of(certificate.subject())
                    : null;
        } catch (MtlsRefused e) {
            return null;
        }
    }

    private static boolean isSame(String bound, PresentedCertificate certificate) {
        return MessageDigest.isEqual(
                bound.getBytes(StandardCharsets.US_ASCII),
                certificate.fingerprint().getBytes(StandardCharsets.US_ASCII));
    }

    private void checkProfile(
            @Nullable PresentedCertificate certificate,
            List<String> sent,
            Confirmation confirmation,
            @Nullable SecurityProfile profile) {
        if (profile == null) {
            return;
        }
        boolean proof = !profile.needsProof() || (!sent.isEmpty() && confirmation.keyThumbprint() != null);
        boolean shown = !profile.needsCertificate() || certificate != null;
        metrics.profile(proof && shown, profile);
        if (!proof) {
            throw new SenderRefused(
                    403, "PROFILE_DPOP_REQUIRED", "the security profile asks for a proof of possession", profile);
        }
        if (!shown) {
            throw new SenderRefused(
                    403, "PROFILE_MTLS_REQUIRED", "the security profile asks for a client certificate", profile);
        }
    }

    /** @return whether the one proof must be verified */
    private boolean checkProofIsThere(
            List<String> sent, Confirmation confirmation, boolean proofScheme, boolean token) {
        boolean bound = confirmation.keyThumbprint() != null;
        if (!token || (!bound && !policy.proofRequired() && !proofs.required() && !proofScheme)) {
            return token && proofs.enabled() && !sent.isEmpty();
        }
        metrics.sender(bound && sent.size() == 1, "dpop");
        if (sent.isEmpty()) {
            throw new SenderRefused(401, "SENDER_CONSTRAINT_DPOP_MISSING", "missing DPoP header");
        }
        if (!bound) {
            throw new SenderRefused(
                    401, "SENDER_CONSTRAINT_DPOP_REQUIRED", "the token must be bound to the key of the proof");
        }
        if (sent.size() > 1) {
            throw new SenderRefused(401, "invalid_dpop_proof", "there must be exactly one DPoP header");
        }
        if (!proofScheme) {
            throw new SenderRefused(
                    401,
                    "SENDER_CONSTRAINT_DPOP_REQUIRED",
                    "the token is bound to a key: send it with the scheme DPoP, not Bearer");
        }
        return true;
    }

    private StageResult verified(GatewayCall call, String proof, TokenDigest digest, Principal caller) {
        if (!underWay.tryAcquire()) {
            return new StageResult.Refuse(new GatewayRefusal.Overloaded(
                    "verification_overloaded", "Too many proofs are being verified; try again"));
        }
        ProofVerifier.Expected expected = new ProofVerifier.Expected(
                call.head().method(),
                call.head().path(),
                digest.base64Url(),
                new ProofReplayStore.Caller(caller.tenant(), caller.entityUri()),
                caller.authentication().confirmation().keyThumbprint());
        CompletableFuture<StageResult> result = new CompletableFuture<>();
        Thread.ofVirtual().name("proof-verification").start(() -> {
            try {
                verifier.verify(proof, expected);
                metrics.proof("success");
                result.complete(StageResult.PASS);
            } catch (ProofRefused e) {
                metrics.proof(e.result());
                result.complete(new StageResult.Refuse(refused(e)));
            } catch (RuntimeException | Error e) {
                result.completeExceptionally(e);
            } finally {
                underWay.release();
            }
        });
        return new StageResult.Later(result);
    }

    /** What the backend hears of a certificate that held. */
    private void forward(GatewayCall call, @Nullable PresentedCertificate certificate) {
        if (certificate == null) {
            return;
        }
        metrics.certificate("success");
        call.addBackendField(
                "X-Authenticated-Client-Fingerprint", certificate.fingerprint().substring(0, SHOWN_FINGERPRINT));
        call.addBackendField("X-Authenticated-Client-Subject", HeaderText.of(certificate.subject()));
    }

    private static GatewayRefusal refused(ProofRefused e) {
        return switch (e.result()) {
            case ProofRefused.SHARE_USED_UP ->
                new GatewayRefusal.QuotaExceeded(
                        "Rate limit exceeded: " + e.phrase() + "; they are forgotten after a while",
                        FORGOTTEN_AFTER_SECONDS);
            case ProofRefused.STORE_FULL ->
                new GatewayRefusal.Unavailable(
                        "proofs_unavailable",
                        "Proofs of possession cannot be checked at present. Try again later, with a new proof.",
                        1);
            default -> new GatewayRefusal.SenderNotShown(401, "invalid_dpop_proof", e.phrase(), null, CHALLENGE);
        };
    }

    private GatewayRefusal refused(MtlsRefused e) {
        metrics.certificate(e.fault().result());
        return new GatewayRefusal.SenderNotShown(
                e.fault().status(),
                e.fault().name(),
                e.detail(),
                null,
                e.fault().status() == 401 ? "Bearer" : null);
    }

    /** Inside of the check. */
    private static final class SenderRefused extends RuntimeException {
        private final transient GatewayRefusal refusal;

        SenderRefused(int status, String code, String detail) {
            super(detail, null, false, false);
            refusal = new GatewayRefusal.SenderNotShown(status, code, detail, null, status == 401 ? CHALLENGE : null);
        }

        SenderRefused(int status, String code, String detail, SecurityProfile profile) {
            super(detail, null, false, false);
            refusal = new GatewayRefusal.SenderNotShown(status, code, detail, profile.wireName(), null);
        }

        GatewayRefusal refusal() {
            return refusal;
        }
    }
}
