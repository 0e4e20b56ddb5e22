package bulwark.gateway.enforcement;

import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.permission.Role;
import bulwark.gateway.policy.JwtRule;
import bulwark.gateway.refusal.GatewayRefusal;
import bulwark.kernel.access.AccessDecision;
import bulwark.kernel.access.AccessDecision.Decision;
import bulwark.kernel.access.Authentication;
import bulwark.kernel.access.Principal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Asks more of the credential that the identity stage found good. Immutable. */
final class JwtExecutor implements PolicyExecutor {
    private final String policy;
    private final JwtRule rule;

    JwtExecutor(String policy, JwtRule rule) {
        this.policy = policy;
        this.rule = rule;
    }

    @Override
    public PolicyVerdict decide(GatewayCall call) {
        Principal caller = call.principal();
        String problem = caller == null ? "This API asks for a known caller." : problem(caller);
        return problem == null
                ? PolicyVerdict.PASS
                : new PolicyVerdict.Refuse(new GatewayRefusal.PolicyDenied(policy, 403, problem), List.of());
    }

    private @Nullable String problem(Principal caller) {
        Authentication how = caller.authentication();
        if (!rule.credentials().contains(how.method())) {
            return "This API does not take this kind of credential.";
        }
        for (String scope : rule.scopes()) {
            if (AccessDecision.decide(caller, scope) instanceof Decision.Refused) {
                return "This API asks for the scope " + scope + ".";
            }
        }
        if (!rule.roles().isEmpty() && how.roles().stream().noneMatch(this::isWanted)) {
            return "This API asks for another role.";
        }
        if (!rule.clients().isEmpty()
                && (how.clientId() == null || !rule.clients().contains(how.clientId()))) {
            return "This API is not for tokens of this client.";
        }
        return rule.senderConstrained() && how.confirmation().isBearer()
                ? "This API asks for a credential that is bound to a certificate or to a key."
                : null;
    }

    private boolean isWanted(String name) {
        return Role.named(name, false)
                .map(role -> rule.roles().contains(role.wireName()))
                .orElse(false);
    }
}
