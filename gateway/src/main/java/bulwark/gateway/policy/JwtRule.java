package bulwark.gateway.policy;

import bulwark.gateway.permission.OAuthScope;
import bulwark.gateway.permission.Role;
import bulwark.kernel.access.Authentication.Method;
import bulwark.kernel.json.JsonFields;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a caller's credential must be, beyond what the gateway asks of every credential.
 *
 * @param credentials kinds that are taken
 * @param scopes all of them, as {@code stoa:read}
 * @param roles one of them; empty for any
 * @param clients one of them must have been given the token (claim {@code azp}); empty for any
 * @param senderConstrained whether the credential must be bound to a certificate or a key
 */
public record JwtRule(
        Set<Method> credentials, Set<String> scopes, Set<String> roles, Set<String> clients, boolean senderConstrained)
        implements PolicyRule {
    private static final Map<String, Method> WORDS =
            Map.of("token", Method.TOKEN, "api_key", Method.API_KEY, "certificate", Method.CLIENT_CERTIFICATE);

    public JwtRule {
        credentials = Set.copyOf(credentials);
        scopes = Set.copyOf(scopes);
        roles = Set.copyOf(roles);
        clients = Set.copyOf(clients);
    }

    @Override
    public PolicyType type() {
        return PolicyType.JWT_VALIDATION;
    }

    static JwtRule read(JsonFields fields) {
        List<String> words = fields.texts("credentials", 3, 20);
        known(fields, "credentials", words, WORDS.keySet());
        Set<Method> credentials = words.isEmpty()
                ? Set.of(Method.TOKEN)
                : words.stream().filter(WORDS::containsKey).map(JwtRule::method).collect(Collectors.toSet());
        List<String> scopes = fields.texts("scopes", 16, 64);
        for (int i = 0; i < scopes.size(); i++) {
            if (OAuthScope.named(scopes.get(i)).isEmpty()) {
                fields.fault("scopes[" + i + "]", "is no scope of this gateway, so that nobody could have it");
            }
        }
        List<String> roles = fields.texts("roles", 16, 64);
        for (int i = 0; i < roles.size(); i++) {
            String role = roles.get(i);
            if (Role.named(role, false).filter(r -> r.wireName().equals(role)).isEmpty()) {
                fields.fault("roles[" + i + "]", "is no role: write one of cpi-admin, tenant-admin, devops, viewer");
            }
        }
        List<String> clients = fields.texts("clients", 100, 200);
        if (!clients.isEmpty() && !credentials.contains(Method.TOKEN)) {
            fields.fault("clients", "can never match: tokens alone name a client, and credentials does not take them");
        }
        return new JwtRule(
                credentials,
                Set.copyOf(scopes),
                Set.copyOf(roles),
                Set.copyOf(clients),
                fields.flag("sender_constrained", false));
    }

    private static Method method(String word) {
        return WORDS.getOrDefault(word, Method.TOKEN);
    }

    private static void known(JsonFields fields, String field, List<String> given, Set<String> words) {
        for (int i = 0; i < given.size(); i++) {
            if (!words.contains(given.get(i))) {
                fields.fault(
                        field + "[" + i + "]",
                        "must be one of " + words.stream().sorted().collect(Collectors.joining(", ")));
            }
        }
    }

    @Override
    public Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put(
                "credentials",
                WORDS.entrySet().stream()
                        .filter(word -> credentials.contains(word.getValue()))
                        .map(Map.Entry::getKey)
                        .sorted()
                        .toList());
        fields.put("scopes", scopes.stream().sorted().toList());
        fields.put("roles", roles.stream().sorted().toList());
        fields.put("clients", clients.stream().sorted().toList());
        fields.put("sender_constrained", senderConstrained);
        return fields;
    }
}
