package bulwark.gateway.control.consumer;

import bulwark.gateway.control.identity.ObjectCredential;
import bulwark.gateway.control.state.ControlObject;
import bulwark.gateway.control.state.ObjectFilter;
import bulwark.gateway.control.state.ObjectFilter.Reference;
import bulwark.gateway.control.state.ObjectKind;
import bulwark.gateway.control.state.TenantChange;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a consumer lost in one change: its subscriptions with their keys, and its certificates. */
record ConsumerRevocation(ControlObject consumer, long subscriptions, long certificates) {
    private static final List<ObjectKind> CERTIFICATES =
            List.of(ObjectKind.CERTIFICATE, ObjectKind.CONSUMER_CERTIFICATE);

    /** Takes all of it, for good. */
    static ConsumerRevocation of(TenantChange change, ControlObject consumer) throws SQLException {
        Reference owner = new Reference(ObjectKind.CONSUMER, consumer.id());
        long subscriptions = 0;
        for (ControlObject subscription : change.all(ObjectKind.SUBSCRIPTION, ObjectFilter.of(owner))) {
            if (!subscription.isIn("revoked", "rejected")) {
                ObjectCredential.endAll(change, subscription.in("revoked"));
                subscriptions++;
            }
        }
        long certificates = 0;
        for (ObjectKind kind : CERTIFICATES) {
            for (ControlObject certificate : change.all(kind, new ObjectFilter("active", owner))) {
                change.update(certificate.in("revoked"));
                certificates++;
            }
        }
        return new ConsumerRevocation(consumer, subscriptions, certificates);
    }

    Map<String, Object> members() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("consumer_id", consumer.id());
        members.put("revoked_subscriptions", subscriptions);
        members.put("revoked_certificates", certificates);
        return members;
    }
}
