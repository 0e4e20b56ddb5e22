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
import bulwark.gateway.control.state.ObjectRefused;
import bulwark.gateway.control.state.TenantChange;
import bulwark.gateway.control.state.TenantReader;
import bulwark.gateway.permission.Permission;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.web.Response;
import java.security.cert.X509Certificate;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code /v1/consumers/{tenant}/{id}/certificate}: the certificate of somebody else's authority by which a consumer is known. Gateways ask for that very certificate, whoever signed it. Another one takes its place at
 * once, or after a grace in which both are good.
 */
public final class ConsumerCertificateResource {
    private static final AuditEventType UPLOADED = ControlEvent.of(
            "consumer_certificate_uploaded",
            "a certificate of somebody else's authority was bound to a consumer, in place of those before it",
            "fingerprint",
            "consumer_id",
            "grace_period_hours",
            "replaced");
    private static final AuditEventType REVOKED = ControlEvent.of(
            "consumer_certificate_revoked",
            "the certificates that a consumer brought along were revoked",
            "consumer_id",
            "revoked");

    public static final List<AuditEventType> EVENTS = List.of(UPLOADED, REVOKED);

    private static final int MAX_PEM = 16 << 10;
    private static final int MAX_GRACE_HOURS = 720;
    private static final String CERTIFICATE = "certificate";
    private static final String CONSUMER = AuthorityResource.CONSUMER;
    private static final String GRACE = "grace_period_hours";
    private static final String FINGERPRINT = "fingerprint";

    private static final BodySchema UPLOAD = BodySchema.of("ConsumerCertificateUpload")
            .requiredLines(CERTIFICATE, MAX_PEM)
            .number(GRACE, 1, MAX_GRACE_HOURS);
    private static final BodySchema NAMED_UPLOAD =
            BodySchema.of("CertificateUpload").requiredText(CONSUMER, 64).and("CertificateUpload", UPLOAD);
    private static final BodySchema VIEW = ObjectSchema.of(
            "ConsumerCertificate",
            BodySchema.of("ConsumerCertificate")
                    .text(CONSUMER, 64)
                    .text("serial", 64)
                    .text(FINGERPRINT, 64)
                    .text("subject", 1_000)
                    .text("issuer", 1_000)
                    .time("not_before")
                    .time("not_after")
                    .lines(CERTIFICATE, MAX_PEM)
                    .text("previous_fingerprint", 64)
                    .time("previous_expires_at"));
    private static final BodySchema REVOCATION = BodySchema.of("ConsumerCertificateRevocation")
            .text(CONSUMER, 64)
            .number("revoked_certificates", 0, Integer.MAX_VALUE);

    private final ControlStore store;

    public ConsumerCertificateResource(ControlStore store) {
        this.store = store;
    }

    public List<ControlOperation> operations() {
        String one = "/v1/consumers/{tenant}/{id}/certificate";
        return List.of(
                ControlOperation.permitted(
                                "POST",
                                one,
                                Permission.CONSUMERS_WRITE,
                                "Bind a consumer's own certificate to it; it takes the place of the one before.")
                        .takes(UPLOAD)
                        .conflicts()
                        .answers(201, VIEW)
                        .handledBy(call -> {
                            store.read(call.scope(), tx -> tx.require(ObjectKind.CONSUMER, call.path("id")));
                            return upload(call, call.path("id"));
                        }),
                ControlOperation.permitted(
                                "GET", one, Permission.APPS_READ, "Show the certificate that a consumer brought along.")
                        .answers(200, VIEW)
                        .handledBy(this::show),
                ControlOperation.permitted(
                                "POST",
                                one + "/revoke",
                                Permission.CONSUMERS_WRITE,
                                "Revoke the certificates that a consumer brought along.")
                        .conflicts()
                        .answers(200, REVOCATION)
                        .handledBy(this::revoke),
                ControlOperation.permitted(
                                "POST",
                                "/v1/certificates/upload",
                                Permission.CONSUMERS_WRITE,
                                "Bind a certificate to the consumer that the body names.")
                        .ofCallersTenant()
                        .takes(NAMED_UPLOAD)
                        .conflicts()
                        .answers(201, VIEW)
                        .handledBy(call -> upload(call, call.text(CONSUMER))));
    }

    private Response upload(ControlCall call, String consumerId) {
        X509Certificate certificate = UploadedCertificate.parse(
                CERTIFICATE, call.text(CERTIFICATE), store.clock().instant());
        long hours = call.number(GRACE, 0);
        Map<String, Object> answer = store.change(call.scope(), call.actor(), UPLOADED, change -> {
            ControlObject consumer = change.find(ObjectKind.CONSUMER, consumerId)
                    .orElseThrow(() -> new BodyRefused(List.of(CONSUMER + " names no consumer of this tenant")));
            if (!consumer.isIn("active")) {
                throw ObjectRefused.conflict(
                        "not_active", "The consumer is " + consumer.state() + "; activate it first.");
            }
            String fingerprint = CertificateText.fingerprint(certificate);
            requireUnbound(change, fingerprint);
            List<ControlObject> former = active(change, consumer);
            Map<String, Object> fields = new LinkedHashMap<>(CertificateText.members(certificate));
            fields.put(CONSUMER, consumer.id());
            fields.put(CERTIFICATE, call.text(CERTIFICATE));
            ControlObject made = change.create(
                    ObjectKind.CONSUMER_CERTIFICATE,
                    fingerprint,
                    fingerprint,
                    "active",
                    fields,
                    List.of(new Reference(ObjectKind.CONSUMER, consumer.id())),
                    ObjectKind.CONSUMER_CERTIFICATE.maxPerTenant());
            Optional<ControlObject> previous = retire(change, former, Duration.ofHours(hours));
            change.note(FINGERPRINT, fingerprint);
            change.note(CONSUMER, consumer.id());
            change.note(GRACE, hours);
            change.note("replaced", former.size());
            return members(made, previous);
        });
        return Response.json(201, VIEW.view(answer));
    }

    /** A certificate that was revoked comes back for nobody, and one names a single consumer of a tenant. */
    private static void requireUnbound(TenantChange change, String fingerprint) throws SQLException {
        boolean revoked = change.find(ObjectKind.CONSUMER_CERTIFICATE, fingerprint)
                .filter(known -> !known.isIn("active"))
                .isPresent();
        if (revoked) {
            throw ObjectRefused.conflict(
                    "certificate_revoked", "The certificate was revoked; make a new key and have it certified.");
        }
        if (change.find(ObjectKind.CONSUMER_CERTIFICATE, fingerprint).isPresent()
                || change.find(ObjectKind.CERTIFICATE, fingerprint).isPresent()) {
            throw ObjectRefused.conflict("already_exists", "The certificate is bound to a consumer of this tenant.");
        }
    }

    private static List<ControlObject> active(TenantReader tx, ControlObject consumer) throws SQLException {
        return tx.all(
                ObjectKind.CONSUMER_CERTIFICATE,
                new ObjectFilter("active", new Reference(ObjectKind.CONSUMER, consumer.id())));
    }

    /** Whether no other one has taken its place. */
    private static boolean isCurrent(ControlObject certificate) {
        return certificate.instant(CertificateEnd.EXPIRES).isEmpty();
    }

    /** The current one goes on until the grace is over; the others end now. @return the one that goes on */
    private static Optional<ControlObject> retire(TenantChange change, List<ControlObject> former, Duration grace)
            throws SQLException {
        Optional<ControlObject> previous = Optional.empty();
        for (ControlObject each : former) {
            if (isCurrent(each) && !grace.isZero()) {
                previous = Optional.of(change.update(each.with(
                        CertificateEnd.EXPIRES, change.now().plus(grace).toString())));
            } else {
                change.update(each.in("revoked"));
            }
        }
        return previous;
    }

    private Response show(ControlCall call) {
        List<ControlObject> active =
                store.read(call.scope(), tx -> active(tx, tx.require(ObjectKind.CONSUMER, call.path("id"))));
        ControlObject current = active.stream()
                .filter(ConsumerCertificateResource::isCurrent)
                .findFirst()
                .orElseThrow(() -> ObjectRefused.absent(ObjectKind.CONSUMER_CERTIFICATE));
        Optional<ControlObject> previous = active.stream()
                .filter(each -> !isCurrent(each))
                .filter(each -> CertificateEnd.of(each)
                        .filter(store.clock().instant()::isBefore)
                        .isPresent())
                .findFirst();
        return Response.json(200, VIEW.view(members(current, previous)));
    }

    /** @param previous the one before it, while that is good too */
    private static Map<String, Object> members(ControlObject current, Optional<ControlObject> previous) {
        Map<String, Object> members = current.members();
        previous.ifPresent(other -> {
            members.put("previous_fingerprint", other.text(FINGERPRINT));
            CertificateEnd.of(other).ifPresent(end -> members.put("previous_expires_at", end.toString()));
        });
        return members;
    }

    private Response revoke(ControlCall call) {
        Map<String, Object> answer = store.change(call.scope(), call.actor(), REVOKED, change -> {
            ControlObject consumer = change.require(ObjectKind.CONSUMER, call.path("id"));
            List<ControlObject> active = active(change, consumer);
            if (active.isEmpty()) {
                throw ObjectRefused.transition("The consumer has no certificate of its own that could be revoked.");
            }
            for (ControlObject each : active) {
                change.update(each.in("revoked"));
            }
            change.note(CONSUMER, consumer.id());
            change.note("revoked", active.size());
            Map<String, Object> members = new LinkedHashMap<>();
            members.put(CONSUMER, consumer.id());
            members.put("revoked_certificates", active.size());
            return members;
        });
        return Response.json(200, answer);
    }
}
