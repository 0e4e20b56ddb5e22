package bulwark.gateway.control.authority;

import bulwark.gateway.control.rest.ControlCall;
import bulwark.gateway.control.rest.ControlOperation;
import bulwark.gateway.control.rest.ObjectSchema;
import bulwark.gateway.control.schema.BodyRefused;
import bulwark.gateway.control.schema.BodySchema;
import bulwark.gateway.control.state.ControlEvent;
import bulwark.gateway.control.state.ControlObject;
import bulwark.gateway.control.state.ControlStore;
import bulwark.gateway.control.state.ObjectFilter;
import bulwark.gateway.control.state.ObjectFilter.Reference;
import bulwark.gateway.control.state.ObjectKind;
import bulwark.gateway.control.state.ObjectPage;
import bulwark.gateway.control.state.ObjectRefused;
import bulwark.gateway.control.state.TenantReader;
import bulwark.gateway.permission.Permission;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.kernel.signing.CertificateAuthority;
import bulwark.kernel.signing.CertificateKey;
import bulwark.kernel.signing.CertificateSubject;
import bulwark.kernel.signing.CertificationRequest;
import bulwark.kernel.signing.CertificationRequest.RequestRefused;
import bulwark.web.Response;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * {@code /v1/tenants/{tenant}/ca} and {@code /v1/certificates/validate}. A tenant has one authority; its key lies in the state folder and never leaves it. A certificate names a consumer of
 * the tenant and nobody else, whatever the request asked for.
 */
public final class AuthorityResource {
    private static final AuditEventType GENERATED =
            ControlEvent.of("authority_generated", "the CA of a tenant was made");
    private static final AuditEventType SIGNED =
            ControlEvent.of("certificate_signed", "the CA of a tenant signed a certificate", "serial", "days");
    private static final AuditEventType REVOKED =
            ControlEvent.of("certificate_revoked", "a certificate of a tenant's CA was revoked", "serial");

    public static final List<AuditEventType> EVENTS = List.of(GENERATED, SIGNED, REVOKED);

    /** Fields: in PEM, and whose it is. */
    public static final String CERTIFICATE = "certificate";

    public static final String CONSUMER = "consumer_id";

    private static final String ID = "ca";
    private static final int MAX_DAYS = 3650;
    private static final int DEFAULT_DAYS = 365;
    private static final int MAX_PEM = 16 << 10;
    private static final Duration LIST_VALIDITY = Duration.ofDays(7);
    private static final BodySchema AUTHORITY = ObjectSchema.of(
            "Authority",
            BodySchema.of("Authority")
                    .lines("certificate", MAX_PEM)
                    .text("fingerprint", 64)
                    .text("subject", 300)
                    .time("not_after"));
    private static final BodySchema REQUEST = BodySchema.of("CertificateRequest")
            .requiredText("consumer_id", 64)
            .requiredLines("csr", MAX_PEM)
            .number("validity_days", 1, MAX_DAYS);
    private static final BodySchema VIEW = ObjectSchema.of(
            "Certificate",
            BodySchema.of("Certificate")
                    .text("consumer_id", 64)
                    .text("serial", 64)
                    .text("fingerprint", 64)
                    .text("subject", 300)
                    .text("issuer", 300)
                    .time("not_before")
                    .time("not_after")
                    .lines("certificate", MAX_PEM));
    private static final BodySchema QUERY = BodySchema.of("CertificateQuery").requiredLines("certificate", MAX_PEM);
    private static final BodySchema VERDICT = BodySchema.of("CertificateVerdict")
            .flag("valid")
            .texts("problems", 10)
            .text("serial", 64)
            .text("fingerprint", 64)
            .text("subject", 1_000)
            .text("issuer", 1_000)
            .time("not_before")
            .time("not_after")
            .text("consumer_id", 64);

    private final ControlStore store;
    private final Path folder;
    private final Clock clock;
    private final ReentrantLock generating = new ReentrantLock();

    /** @param stateFolder in which the authorities' keys lie, each in a folder of its tenant */
    public AuthorityResource(ControlStore store, Path stateFolder, Clock clock) {
        this.store = store;
        this.folder = stateFolder.resolve("authorities");
        this.clock = clock;
    }

    public List<ControlOperation> operations() {
        String ca = "/v1/tenants/{tenant}/ca";
        return List.of(
                ControlOperation.permitted("POST", ca, Permission.USERS_MANAGE, "Make the CA of a tenant.")
                        .conflicts()
                        .answers(201, AUTHORITY)
                        .handledBy(this::generate),
                ControlOperation.permitted("GET", ca, Permission.APPS_READ, "Show the CA of a tenant.")
                        .answers(200, AUTHORITY)
                        .handledBy(call -> Response.json(
                                200,
                                AUTHORITY.view(store.read(call.scope(), tx -> tx.require(ObjectKind.AUTHORITY, ID))
                                        .members()))),
                ControlOperation.permitted(
                                "POST",
                                ca + "/sign",
                                Permission.USERS_MANAGE,
                                "Sign a certificate for a consumer, for at most 3650 days.")
                        .takes(REQUEST)
                        .conflicts()
                        .answers(201, VIEW)
                        .handledBy(this::sign),
                ControlOperation.permitted(
                                "GET",
                                ca + "/certificates",
                                Permission.APPS_READ,
                                "List the certificates of a tenant's CA.")
                        .choice("status", List.of("active", "revoked"))
                        .text("consumer_id", 64)
                        .pages(VIEW)
                        .handledBy(this::list),
                ControlOperation.permitted(
                                "POST",
                                ca + "/certificates/{id}/revoke",
                                Permission.USERS_MANAGE,
                                "Revoke a certificate.")
                        .conflicts()
                        .answers(200, VIEW)
                        .handledBy(this::revoke),
                ControlOperation.permitted(
                                "GET",
                                ca + "/crl",
                                Permission.APPS_READ,
                                "Fetch the revocation list of a tenant's CA, good for a week.")
                        .answersText("application/x-pem-file")
                        .handledBy(this::revocationList),
                ControlOperation.permitted(
                                "POST",
                                "/v1/certificates/validate",
                                Permission.APPS_READ,
                                "Tell whether a certificate is one of the tenant's CA and good now.")
                        .ofCallersTenant()
                        .takes(QUERY)
                        .answers(200, VERDICT)
                        .handledBy(this::validate));
    }

    private CertificateAuthority authority(String tenant) {
        return CertificateAuthority.openOrCreate(
                folder.resolve(tenant), "CA of tenant " + tenant, CertificateKey.P256, clock);
    }

    private Response generate(ControlCall call) {
        String tenant = call.scope().tenant();
        generating.lock();
        try {
            if (store.read(call.scope(), tx -> tx.find(ObjectKind.AUTHORITY, ID))
                    .isPresent()) {
                throw ObjectRefused.conflict("already_exists", "The tenant has a CA.");
            }
            // Without its row the key signs nothing: what a crash leaves here is taken by the next call.
            CertificateAuthority made = authority(tenant);
            ControlObject object = store.change(call.scope(), call.actor(), GENERATED, change -> {
                Map<String, Object> fields = new LinkedHashMap<>(CertificateText.members(made.x509()));
                fields.keySet().retainAll(List.of("fingerprint", "subject", "not_after"));
                fields.put(CERTIFICATE, made.pem(made.x509()));
                return change.create(ObjectKind.AUTHORITY, ID, ID, "active", fields, List.of(), 1);
            });
            return Response.json(201, AUTHORITY.view(object.members()));
        } finally {
            generating.unlock();
        }
    }

    private Response sign(ControlCall call) {
        String tenant = call.scope().tenant();
        CertificationRequest request;
        try {
            request = CertificationRequest.parse(call.text("csr"));
        } catch (RequestRefused e) {
            throw new BodyRefused(List.of("csr " + e.getMessage()));
        }
        store.read(call.scope(), tx -> tx.require(ObjectKind.AUTHORITY, ID));
        ControlObject consumer = store.read(call.scope(), tx -> tx.find(ObjectKind.CONSUMER, call.text("consumer_id")))
                .orElseThrow(() -> new BodyRefused(List.of("consumer_id names no consumer of this tenant")));
        if (!consumer.isIn("active")) {
            throw ObjectRefused.conflict("not_active", "The consumer is " + consumer.state() + "; activate it first.");
        }
        long days = call.number("validity_days", DEFAULT_DAYS);
        CertificateAuthority authority = authority(tenant);
        CertificateSubject subject = new CertificateSubject(
                consumer.name(), "stoa://tenants/" + tenant + "/consumers/" + consumer.id(), List.of(), false, true);
        X509Certificate signed = authority.sign(request, subject, Duration.ofDays(days));
        ControlObject kept = store.change(call.scope(), call.actor(), SIGNED, change -> {
            Map<String, Object> fields = new LinkedHashMap<>(CertificateText.members(signed));
            fields.put(CONSUMER, consumer.id());
            fields.put(CERTIFICATE, authority.pem(signed));
            change.note("serial", CertificateText.serial(signed));
            change.note("days", days);
            return change.create(
                    ObjectKind.CERTIFICATE,
                    CertificateText.fingerprint(signed),
                    CertificateText.serial(signed),
                    "active",
                    fields,
                    List.of(new Reference(ObjectKind.CONSUMER, consumer.id())),
                    ObjectKind.CERTIFICATE.maxPerTenant());
        });
        return Response.json(201, VIEW.view(kept.members()));
    }

    private Response list(ControlCall call) {
        Optional<Reference> consumer = call.query("consumer_id").map(id -> new Reference(ObjectKind.CONSUMER, id));
        ObjectFilter filter = new ObjectFilter(call.query("status").orElse(null), consumer.orElse(null));
        ObjectPage page = store.read(call.scope(), tx -> tx.page(ObjectKind.CERTIFICATE, filter, call.page()));
        return Response.json(200, page.members(certificate -> VIEW.view(certificate.members())));
    }

    private Response revoke(ControlCall call) {
        ControlObject revoked = store.change(call.scope(), call.actor(), REVOKED, change -> {
            ControlObject certificate = change.require(ObjectKind.CERTIFICATE, call.path("id"));
            if (!certificate.isIn("active")) {
                throw ObjectRefused.transition("The certificate is revoked already.");
            }
            change.note("serial", certificate.text("serial"));
            return change.update(certificate.in("revoked"));
        });
        return Response.json(200, VIEW.view(revoked.members()));
    }

    private Response revocationList(ControlCall call) {
        store.read(call.scope(), tx -> tx.require(ObjectKind.AUTHORITY, ID));
        List<X509Certificate> revoked = new ArrayList<>();
        store.read(call.scope(), tx -> tx.all(ObjectKind.CERTIFICATE, new ObjectFilter("revoked", null)))
                .forEach(each -> CertificateText.parse(each.text("certificate")).ifPresent(revoked::add));
        String pem = authority(call.scope().tenant()).revocationList(revoked, LIST_VALIDITY);
        return Response.text(200, "application/x-pem-file", pem);
    }

    private Response validate(ControlCall call) {
        X509Certificate certificate = CertificateText.parse(call.text("certificate"))
                .orElseThrow(() -> new BodyRefused(List.of("certificate must be an X.509 certificate in PEM")));
        Map<String, Object> verdict = store.read(call.scope(), tx -> verdict(tx, certificate));
        return Response.json(200, verdict);
    }

    private Map<String, Object> verdict(TenantReader tx, X509Certificate certificate) throws SQLException {
        List<String> problems = new ArrayList<>();
        Optional<X509Certificate> authority =
                tx.find(ObjectKind.AUTHORITY, ID).flatMap(ca -> CertificateText.parse(ca.text("certificate")));
        if (authority.isEmpty()) {
            problems.add("the tenant has no CA");
        } else if (!CertificateText.isSignedBy(certificate, authority.get())) {
            problems.add("it is not signed by the tenant's CA");
        }
        Optional<ControlObject> known = tx.find(ObjectKind.CERTIFICATE, CertificateText.fingerprint(certificate));
        if (known.isEmpty()) {
            problems.add("it is none that this control plane has signed");
        } else if (!known.get().isIn("active")) {
            problems.add("it is revoked");
        }
        if (clock.instant().isBefore(certificate.getNotBefore().toInstant())) {
            problems.add("it is not valid yet");
        }
        if (!clock.instant().isBefore(certificate.getNotAfter().toInstant())) {
            problems.add("it has expired");
        }
        Map<String, Object> verdict = new LinkedHashMap<>();
        verdict.put("valid", problems.isEmpty());
        verdict.put("problems", problems);
        verdict.putAll(CertificateText.members(certificate));
        known.ifPresent(kept -> verdict.put("consumer_id", kept.text("consumer_id")));
        return verdict;
    }
}
