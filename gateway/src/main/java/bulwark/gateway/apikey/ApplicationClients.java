package bulwark.gateway.apikey;

import bulwark.gateway.permission.RoleTable;
import bulwark.gateway.permission.RouteReach;
import bulwark.gateway.route.ApiRoute;
import bulwark.kernel.access.Authentication;
import bulwark.kernel.access.Principal;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the tokens of applications open: each call is held to the subscription that the application has to the API, as a call with a key of that subscription is. An application whose client is not known here has
 * no subscription. Thread-safe; reading takes no lock.
 */
public final class ApplicationClients {
    private static final String PREFIX = "stoa.";
    private static final Admission AS_IT_IS = new Admission.AsItIs();
    private static final Admission NOT_SUBSCRIBED = new Admission.Refused(Reason.SUBSCRIPTION_REQUIRED);
    private static final Admission NOT_ACTIVE = new Admission.Refused(Reason.APPLICATION_NOT_ACTIVE);

    private final Clock clock;
    private volatile Pushed pushed = new Pushed(Map.of(), Set.of());

    private record Pushed(Map<String, Entry> byClient, Set<String> demanding) {}

    /**
     * An application.
     *
     * @param active whether it may call at all
     * @param subscriptions by the id of the route that each opens
     */
    public record Entry(String tenant, boolean active, Map<String, PushedKey> subscriptions) {
        public Entry {
            subscriptions = Map.copyOf(subscriptions);
        }

        /** What is left of it where the other one counts too. */
        private Entry withdrawn(@Nullable Entry next) {
            return next == null || !next.tenant.equals(tenant)
                    ? new Entry(tenant, false, Map.of())
                    : new Entry(tenant, active && next.active, PushedKey.withdrawn(subscriptions, next.subscriptions));
        }
    }

    /** What becomes of a call whose token is good. */
    public sealed interface Admission {
        /** The token is of no application, or the API asks for no subscription: what its roles allow counts. */
        record AsItIs() implements Admission {}

        /**
         * The call is one of a subscription.
         *
         * @param principal limited to the route, and counted under the subscription
         * @param profile security profile of the subscription
         */
        record Subscribed(Principal principal, String profile) implements Admission {}

        record Refused(Reason reason) implements Admission {}
    }

    /** Why an application's call is refused. */
    public enum Reason {
        SUBSCRIPTION_REQUIRED(
                "subscription_required",
                "The application has no approved subscription to this API; ask for one, and have it approved"),
        APPLICATION_NOT_ACTIVE(
                "application_not_active",
                "The application may not call at present; an administrator of its tenant activates it");

        private final String code;
        private final String sentence;

        Reason(String code, String sentence) {
            this.code = code;
            this.sentence = sentence;
        }

        /** Stable. */
        public String code() {
            return code;
        }

        /** For the caller. */
        public String sentence() {
            return sentence;
        }
    }

    public ApplicationClients(Clock clock) {
        this.clock = clock;
    }

    /** The id of an application's client. Neither a tenant's nor an application's name holds a dot, so that no two of them share one. */
    public static String id(String tenant, String name) {
        return PREFIX + tenant + "." + name;
    }

    private static boolean isApplication(String client) {
        return client.startsWith(PREFIX) && client.indexOf('.', PREFIX.length()) > 0;
    }

    /**
     * These, and no others that were pushed before, from the next call on.
     *
     * @param byClient by the client's id
     * @param demanding ids of the routes that no application may call without a subscription
     */
    public void push(Map<String, Entry> byClient, Set<String> demanding) {
        pushed = new Pushed(Map.copyOf(byClient), Set.copyOf(demanding));
    }

    /** Takes away what is not among these, or less there. Adds nothing but routes that demand a subscription. */
    public void withdraw(Map<String, Entry> byClient, Set<String> demanding) {
        Pushed now = pushed;
        Map<String, Entry> left = new HashMap<>();
        now.byClient.forEach((client, entry) -> left.put(client, entry.withdrawn(byClient.get(client))));
        Set<String> all = now.demanding;
        if (!all.containsAll(demanding)) {
            all = new HashSet<>(all);
            all.addAll(demanding);
        }
        pushed = new Pushed(Map.copyOf(left), Set.copyOf(all));
    }

    /** @param caller by a token that is good */
    public Admission of(Principal caller, @Nullable ApiRoute route) {
        String client = caller.authentication().clientId();
        if (client == null || route == null || !isApplication(client)) {
            return AS_IT_IS;
        }
        Pushed now = pushed;
        Entry entry = now.byClient.get(client);
        if (entry != null && !entry.active) {
            return NOT_ACTIVE;
        }
        // A route of another tenant is none to the caller, which is said elsewhere.
        if (!RoleTable.reaches(caller, route.tenantId())) {
            return AS_IT_IS;
        }
        PushedKey subscription =
                entry == null || !entry.tenant.equals(caller.tenant()) ? null : entry.subscriptions.get(route.id());
        if (subscription != null && !subscription.hasEnded(clock.instant())) {
            return new Admission.Subscribed(principal(caller, subscription), subscription.profile());
        }
        return now.demanding.contains(route.id()) ? NOT_SUBSCRIBED : AS_IT_IS;
    }

    /** The token's roles and confirmation go on; it opens one route, and ends with the subscription. */
    private static Principal principal(Principal caller, PushedKey subscription) {
        Authentication shown = caller.authentication();
        Instant end = subscription.expires();
        Authentication how = end == null || !end.isBefore(shown.expires())
                ? shown
                : new Authentication(
                        shown.method(), shown.roles(), shown.clientId(), end, shown.confirmation(), shown.subAccount());
        return new Principal(
                caller.entityUri(),
                caller.tenant(),
                caller.permissions(),
                subscription.subscription(),
                Set.of(RouteReach.of(subscription.route())),
                how);
    }
}
