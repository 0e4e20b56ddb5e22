package bulwark.seats.signer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import bulwark.kernel.json.StrictJson;
import bulwark.seats.plan.PlanGenerator;
import bulwark.seats.plan.PlanKind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a policy may let through without a person: what a watcher does, and nothing that moves principal. */
class SigningPolicyTest {
    private static final List<String> VAULT = List.of("0x412a91402f3d3baee3612d5b5d0ba43542b7adf9");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "approve",
                "remove",
                "deposit",
                "vault-deploy",
                "force-exit",
                "settle-cancel",
                "claim-principal",
                "drain-remainder",
                "cancel"
            })
    void every_other_action_takes_a_person(String kind) {
        assertThat(refusal(rule(List.of(kind), 0, VAULT))).contains("approvals");
        assertThat(refusal(rule(List.of("settle-propose", kind), 0, VAULT))).contains("approvals");
        assertThatCode(() -> read(rule(List.of(kind), 1, VAULT))).doesNotThrowAnyException();
    }

    @Test
    void settlements_without_a_person_are_of_vaults_that_the_rule_names() {
        assertThat(refusal(rule(List.of("settle-propose", "settle-finalize"), 0, List.of())))
                .contains("vaults must name the vaults");
        assertThat(refusal(rule(List.of("settle-propose"), 0, VAULT, 0))).contains("perDay must bound");
        assertThatCode(() -> read(rule(List.of("settle-propose", "settle-finalize"), 0, VAULT)))
                .doesNotThrowAnyException();
        assertThatCode(() -> read(rule(List.of("settle-propose"), 0, List.of("deposited"))))
                .doesNotThrowAnyException();
        assertThat(refusal(rule(List.of("settle-propose"), 0, List.of("other"))))
                .contains("vaults must hold addresses");
        assertThatCode(() -> read(rule(List.of("fee-bump"), 0, List.of()))).doesNotThrowAnyException();
    }

    @Test
    void a_rule_that_denies_is_about_plans_of_any_value() {
        Map<String, Object> denied = rule(List.of("deposit"), 1, List.of());
        denied.put("name", "no-deposits");
        denied.put("effect", "deny");
        denied.put("maxValueWei", "0");
        SigningPolicy policy = read(denied, rule(List.of("deposit"), 1, List.of()));

        assertThat(policy.find(new PlanGenerator(1).plan(PlanKind.DEPOSIT), vault -> false))
                .map(SigningRule::name)
                .contains("no-deposits");
    }

    private static String refusal(Map<String, Object> rule) {
        SigningRefused refused = catchThrowableOfType(SigningRefused.class, () -> read(rule));
        assertThat(refused.code()).isEqualTo("POLICY_MALFORMED");
        return refused.sentence();
    }

    @SafeVarargs
    private static SigningPolicy read(Map<String, Object>... rules) {
        PlanGenerator plans = new PlanGenerator(1);
        Map<String, Object> policy = new LinkedHashMap<>();
        policy.put("schema", "csm-policy/1");
        policy.put("network", plans.network().json());
        policy.put("treasury", VAULT.getFirst());
        policy.put("rules", List.of(rules));
        return SigningPolicy.read(StrictJson.write(policy));
    }

    private static Map<String, Object> rule(List<String> kinds, int approvals, List<String> vaults) {
        return rule(kinds, approvals, vaults, 20);
    }

    private static Map<String, Object> rule(List<String> kinds, int approvals, List<String> vaults, int perDay) {
        Map<String, Object> rule = new LinkedHashMap<>();
        rule.put("name", "only");
        rule.put("effect", "allow");
        rule.put("kinds", kinds);
        rule.put("vaults", vaults);
        rule.put("maxValueWei", "32000000000000000000");
        rule.put("maxFeePerGasWei", "50000000000");
        rule.put("maxGas", "500000");
        rule.put("approvals", approvals);
        rule.put("perDay", perDay);
        return rule;
    }
}
