package bulwark.seats.beacon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import bulwark.seats.beacon.BeaconNode.Spec;
import bulwark.seats.beacon.BeaconNode.StateId;
import bulwark.seats.chain.RpcFailed;
import bulwark.seats.chain.RpcFailed.Kind;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(120)
class BeaconNodeTest {
    private static final String KEY = "0x" + "ab".repeat(48);
    private static final String CREDENTIALS = "0x01" + "00".repeat(11) + "12".repeat(20);
    private static final StateId STATE = StateId.slot(ScriptedBeacon.SLOT);

    private final ScriptedBeacon beacon = new ScriptedBeacon("one");

    @AfterEach
    void close() {
        beacon.close();
    }

    private static Kind kind(ThrowingCallable question) {
        return catchThrowableOfType(RpcFailed.class, question).kind();
    }

    @Test
    void every_route_that_a_watcher_asks_is_read() {
        beacon.validator(9, KEY, CREDENTIALS, "active_ongoing");
        BeaconNode node = beacon.node();
        assertThat(node.genesis().forkVersion()).isEqualTo(ScriptedBeacon.FORK_VERSION);
        assertThat(node.spec()).isEqualTo(new Spec(32, 12, 256));
        assertThat(node.syncing().counts()).isTrue();
        assertThat(node.header(StateId.FINALIZED).slot()).isEqualTo(ScriptedBeacon.SLOT);
        assertThat(node.finalized(StateId.HEAD).epoch()).isEqualTo(100);
        assertThat(node.pendingDeposits(STATE)).isEmpty();
        BeaconValidatorView validator = node.validator(STATE, KEY).orElseThrow();
        assertThat(validator.status()).isEqualTo(ValidatorStatus.ACTIVE_ONGOING);
        assertThat(validator.exitEpoch()).isEqualTo(BeaconValidatorView.FAR_FUTURE);
        assertThat(node.validator(STATE, "0x" + "ac".repeat(48))).isEmpty();
    }

    @Test
    void ten_thousand_keys_are_ten_questions_over_the_form_for_many() {
        List<String> keys = IntStream.range(0, 10_000)
                .mapToObj(i -> String.format("0x%096x", i))
                .toList();
        for (int i = 0; i < keys.size(); i += 3) {
            beacon.validator(i, keys.get(i), CREDENTIALS, "active_ongoing");
        }
        Map<String, BeaconValidatorView> found = beacon.node().validators(STATE, keys);
        assertThat(found).hasSize(3_334);
        assertThat(beacon.requests()).isEqualTo(10);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "index":"9"                | "index":9               | index
            "index":"9"                | "index":"09"            | index
            "index":"9"                | "index":"-1"            | index
            "index":"9"                | "index":"99999999999999999999" | index
            "balance":"32000000000"    | "balance":"3.2e10"      | balance
            "status":"active_ongoing"  | "status":"active"       | status
            "slashed":false            | "slashed":"false"       | slashed
            "exit_epoch":"18446744073709551615" | "exit_epoch":"18446744073709551616" | exit_epoch
            "validator":{              | "validators":{          | validator
            "pubkey":"0xabab           | "pubkey":"0xzzab        | pubkey
            "pubkey":"0xabab           | "pubkey":"0xab          | pubkey
            "withdrawal_credentials":"0x01 | "withdrawal_credentials":"01 | withdrawal_credentials
            """)
    void a_member_in_another_form_is_no_answer_and_is_named(String truth, String told, String member) {
        beacon.validator(9, KEY, CREDENTIALS, "active_ongoing");
        beacon.lies((path, answer) -> answer.replace(truth, told));
        assertThatThrownBy(() -> beacon.node().validator(STATE, KEY))
                .isInstanceOf(RpcFailed.class)
                .hasMessageStartingWith("one /eth/v1/beacon/states/3200/validators: " + member);
    }

    @Test
    void a_validator_that_nobody_asked_for_or_one_twice_is_no_answer() {
        beacon.validator(9, KEY, CREDENTIALS, "active_ongoing");
        beacon.lies((path, answer) -> answer.replace("0xababab", "0xabacab"));
        assertThat(kind(() -> beacon.node().validator(STATE, KEY))).isEqualTo(Kind.MALFORMED);
        beacon.lies((path, answer) -> {
            String one = answer.substring(answer.indexOf("[{") + 1, answer.lastIndexOf("}]") + 1);
            return answer.replace(one, one + "," + one);
        });
        assertThat(kind(() -> beacon.node().validators(STATE, List.of(KEY, "0x" + "ac".repeat(48)))))
                .isEqualTo(Kind.MALFORMED);
    }

    @Test
    void an_answer_that_is_optimistic_cut_empty_or_no_json_counts_as_none() {
        beacon.validator(9, KEY, CREDENTIALS, "active_ongoing");
        beacon.lies(
                (path, answer) -> answer.replace("\"execution_optimistic\":false", "\"execution_optimistic\":true"));
        assertThat(kind(() -> beacon.node().validator(STATE, KEY))).isEqualTo(Kind.NOT_AN_ANSWER);
        assertThat(kind(() -> beacon.node().header(StateId.FINALIZED))).isEqualTo(Kind.NOT_AN_ANSWER);
        beacon.lies((path, answer) -> answer.substring(0, answer.length() / 2));
        assertThat(kind(() -> beacon.node().validator(STATE, KEY))).isEqualTo(Kind.NOT_JSON);
        beacon.lies((path, answer) -> "{}");
        assertThat(kind(() -> beacon.node().spec())).isEqualTo(Kind.NOT_AN_ANSWER);
        beacon.lies((path, answer) -> "");
        assertThat(kind(() -> beacon.node().spec())).isEqualTo(Kind.STATUS);
    }

    @Test
    void figures_of_the_network_that_no_network_has_are_refused() {
        beacon.lies((path, answer) -> answer.replace("\"32\"", "\"0\""));
        assertThat(kind(() -> beacon.node().spec())).isEqualTo(Kind.MALFORMED);
        beacon.lies((path, answer) -> answer.replace("\"256\"", "\"9223372036854775807\""));
        assertThat(kind(() -> beacon.node().spec())).isEqualTo(Kind.MALFORMED);
    }
}
