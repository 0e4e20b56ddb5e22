package bulwark.gateway.admin;

import bulwark.gateway.apikey.ConsumerKeyRefused;
import bulwark.gateway.apikey.ConsumerKeySummary;
import bulwark.gateway.apikey.ConsumerKeys;
import bulwark.gateway.apikey.IssuedKey;
import bulwark.gateway.apikey.RotationInfo;
import bulwark.gateway.permission.Role;
import bulwark.gateway.possession.SecurityProfile;
import bulwark.kernel.json.JsonFields;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.time.Timestamps;
import bulwark.web.Request;
import bulwark.web.Response;
import bulwark.web.Route;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@code /admin/api-keys}: the keys of subscriptions. A key is shown in the answer that makes it and never again. */
final class ApiKeysResource {
    private static final int DEFAULT_GRACE_HOURS = 24;
    private static final String PATH = "/admin/api-keys/{subscription}";

    private final ConsumerKeys keys;
    private final AdminEvidence evidence;
    private final Clock clock;

    ApiKeysResource(ConsumerKeys keys, AdminEvidence evidence, Clock clock) {
        this.keys = keys;
        this.evidence = evidence;
        this.clock = clock;
    }

    List<Route> routes() {
        return List.of(
                evidence.read("/admin/api-keys", this::list),
                evidence.act("POST", "/admin/api-keys", this::issue),
                evidence.read(PATH, this::show),
                evidence.act("DELETE", PATH, this::revoke),
                evidence.act("POST", PATH + "/rotate", this::rotate),
                evidence.act("POST", PATH + "/suspend", this::suspend),
                evidence.act("POST", PATH + "/reactivate", this::reactivate));
    }

    private Response list(Request request) {
        return Response.json(
                200, keys.list().stream().map(ApiKeysResource::fields).toList());
    }

    private static Map<String, @Nullable Object> fields(ConsumerKeySummary key) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("id", key.id());
        fields.put("subscription_id", key.subscription());
        fields.put("subject", key.subject());
        fields.put("tenant_id", key.tenant());
        fields.put("roles", key.roles());
        fields.put("security_profile", key.profile());
        fields.put("api_key_prefix", key.prefix());
        fields.put("status", key.status());
        fields.put("created_at", Timestamps.zulu(key.created()));
        fields.put("expires_at", key.expires() == null ? null : Timestamps.zulu(key.expires()));
        return fields;
    }

    private Response issue(Request request) {
        List<String> faults = new ArrayList<>();
        JsonFields fields = AdminDocument.fields(request, faults);
        String subscription = identifier(fields, "subscription_id");
        String subject = identifier(fields, "subject");
        String tenant = identifier(fields, "tenant_id");
        List<Role> roles = roles(fields);
        String profile =
                JsonFields.word(fields.choice("security_profile", SecurityProfile.class, SecurityProfile.API_KEY));
        Instant expires = expires(fields);
        AdminDocument.end(fields, faults);
        IssuedKey issued = carriedOut(() -> keys.issue(
                new ConsumerKeys.NewSubscription(subscription, subject, tenant, roles, profile, expires),
                AdminTokenAuthenticator.ACTOR));
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("id", issued.id());
        answer.put("subscription_id", subscription);
        answer.put("api_key", issued.key().exposeText(SecretAccess.grant()));
        answer.put("api_key_prefix", issued.prefix());
        return Response.json(201, answer);
    }

    private static String identifier(JsonFields fields, String field) {
        return fields.text(
                field,
                128,
                text -> text.matches("[A-Za-z0-9_][A-Za-z0-9._@:-]*"),
                "must be of A-Z, a-z, 0-9, '.', '_', '@', ':' and '-'");
    }

    private static List<Role> roles(JsonFields fields) {
        List<Role> roles = new ArrayList<>();
        List<String> names = fields.texts("roles", 4, 64);
        for (int i = 0; i < names.size(); i++) {
            Optional<Role> role = Role.named(names.get(i), false);
            role.ifPresent(roles::add);
            if (role.isEmpty()) {
                fields.fault("roles[" + i + "]", "must be one of cpi-admin, tenant-admin, devops, viewer");
            }
        }
        if (names.isEmpty()) {
            fields.fault("roles", "must name at least one role");
        }
        return roles;
    }

    private @Nullable Instant expires(JsonFields fields) {
        String text = fields.optionalText("expires_at", 40);
        if (text == null) {
            return null;
        }
        Optional<Instant> expires = Timestamps.parse(text).filter(end -> end.isAfter(clock.instant()));
        if (expires.isEmpty()) {
            fields.fault("expires_at", "must be a time ahead such as 2027-01-01T00:00:00Z");
        }
        return expires.orElse(null);
    }

    private Response show(Request request) {
        String subscription = request.pathParameter("subscription");
        RotationInfo info = carriedOut(() -> keys.rotationInfo(subscription, tenant(subscription)));
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put("subscription_id", info.subscription());
        answer.put("api_key_prefix", info.prefix());
        answer.put("has_previous_key", info.hasPrevious());
        answer.put("previous_key_expires_at", time(info.previousExpires()));
        answer.put("rotation_count", info.rotations());
        answer.put("last_rotated_at", time(info.lastRotated()));
        return Response.json(200, answer);
    }

    private static @Nullable String time(@Nullable Instant instant) {
        return instant == null ? null : Timestamps.zulu(instant);
    }

    private Response rotate(Request request) {
        String subscription = request.pathParameter("subscription");
        int hours = DEFAULT_GRACE_HOURS;
        if (request.body().length > 0) {
            List<String> faults = new ArrayList<>();
            JsonFields fields = AdminDocument.fields(request, faults);
            hours = (int) fields.wholeNumber("grace_period_hours", 1, 168, DEFAULT_GRACE_HOURS);
            AdminDocument.end(fields, faults);
        }
        int grace = hours;
        IssuedKey issued =
                carriedOut(() -> keys.rotate(subscription, tenant(subscription), grace, AdminTokenAuthenticator.ACTOR));
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put("subscription_id", subscription);
        answer.put("new_api_key", issued.key().exposeText(SecretAccess.grant()));
        answer.put("new_api_key_prefix", issued.prefix());
        answer.put("old_key_expires_at", time(issued.formerExpires()));
        answer.put("grace_period_hours", grace);
        answer.put("rotation_count", issued.rotations());
        return Response.json(200, answer);
    }

    private Response revoke(Request request) {
        String subscription = request.pathParameter("subscription");
        carriedOut(() -> {
            keys.revoke(subscription, tenant(subscription), AdminTokenAuthenticator.ACTOR);
            return subscription;
        });
        return Response.noContent();
    }

    private Response suspend(Request request) {
        String subscription = request.pathParameter("subscription");
        carriedOut(() -> {
            keys.suspend(subscription, tenant(subscription), AdminTokenAuthenticator.ACTOR);
            return subscription;
        });
        return Response.json(200, Map.of("subscription_id", subscription, "status", "suspended"));
    }

    private Response reactivate(Request request) {
        String subscription = request.pathParameter("subscription");
        carriedOut(() -> {
            keys.reactivate(subscription, tenant(subscription), AdminTokenAuthenticator.ACTOR);
            return subscription;
        });
        return Response.json(200, Map.of("subscription_id", subscription, "status", "active"));
    }

    /** The admin token is of the platform and reaches every tenant's keys. */
    private String tenant(String subscription) {
        return keys.list(subscription).stream()
                .map(ConsumerKeySummary::tenant)
                .findFirst()
                .orElseThrow(() -> AdminRefused.of(404, "There is no subscription of this id with a key."));
    }

    private static <T> T carriedOut(Supplier<T> order) {
        try {
            return order.get();
        } catch (ConsumerKeyRefused e) {
            throw switch (e.reason()) {
                case UNKNOWN_SUBSCRIPTION -> AdminRefused.of(404, e.getMessage() + ".");
                case KNOWN_SUBSCRIPTION -> AdminRefused.of(409, e.getMessage() + ".");
                case OUT_OF_RANGE -> AdminRefused.invalid(List.of(String.valueOf(e.getMessage())));
            };
        }
    }
}
