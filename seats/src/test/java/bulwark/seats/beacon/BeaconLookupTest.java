package bulwark.seats.beacon;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.seats.chain.EndpointClient;
import bulwark.seats.chain.RpcEndpoint;
import bulwark.seats.contract.HexText;
import bulwark.seats.precondition.ValidatorLookup.Answer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class BeaconLookupTest {
    private static final String KEY = "0x" + "ab".repeat(48);
    private static final String OURS = "0x01" + "00".repeat(11) + "12".repeat(20);
    private static final String FOREIGN = "0x01" + "00".repeat(11) + "99".repeat(20);

    private final ScriptedBeacon one = new ScriptedBeacon("one");
    private final ScriptedBeacon two = new ScriptedBeacon("two");

    @AfterEach
    void close() {
        one.close();
        two.close();
    }

    private Answer find() {
        return new BeaconLookup(List.of(one.node(), two.node()), ScriptedBeacon.FORK_VERSION).find(HexText.bytes(KEY));
    }

    private static void pending(ScriptedBeacon label, String... credentials) {
        String rows = String.join(
                ",",
                List.of(credentials).stream()
                        .map(each -> "{\"pubkey\":\"" + KEY + "\",\"withdrawal_credentials\":\"" + each
                                + "\",\"amount\":\"1000000000\",\"slot\":\"5\"}")
                        .toList());
        label.lies((path, answer) ->
                path.endsWith("pending_deposits") ? answer.replace("\"data\":[]", "\"data\":[" + rows + "]") : answer);
    }

    @Test
    void a_key_that_no_label_knows_is_unknown_and_one_that_both_know_is_known() {
        assertThat(find()).isEqualTo(new Answer.Unknown());
        one.validator(3, KEY, FOREIGN, "active_ongoing");
        two.validator(3, KEY, FOREIGN, "active_ongoing");
        assertThat(find()).isEqualTo(new Answer.Known(FOREIGN, Optional.of("active_ongoing")));
    }

    @Test
    void a_deposit_that_waits_is_known_too_and_two_with_different_credentials_are_a_failure() {
        pending(one, FOREIGN);
        pending(two, FOREIGN);
        assertThat(find()).isEqualTo(new Answer.Known(FOREIGN, Optional.empty()));
        pending(one, FOREIGN, OURS);
        assertThat(find()).isInstanceOf(Answer.Failed.class);
    }

    @Test
    void what_one_label_alone_says_and_what_one_cannot_say_is_a_failure_that_names_it() {
        one.validator(3, KEY, FOREIGN, "active_ongoing");
        assertThat(find())
                .isInstanceOfSatisfying(
                        Answer.Failed.class,
                        failed -> assertThat(failed.label()).isEqualTo("two"));
        two.validator(3, KEY, OURS, "active_ongoing");
        assertThat(find()).isInstanceOf(Answer.Failed.class);
        two.validator(3, KEY, FOREIGN, "active_ongoing");
        two.lies((path, answer) -> answer.replace("\"is_optimistic\":false", "\"is_optimistic\":true"));
        assertThat(find())
                .isInstanceOfSatisfying(
                        Answer.Failed.class,
                        failed -> assertThat(failed.label()).isEqualTo("two"));
        two.lies((path, answer) -> answer.replace(ScriptedBeacon.FORK_VERSION, "0x00000000"));
        assertThat(find()).isInstanceOf(Answer.Failed.class);
        two.lies((path, answer) -> "");
        assertThat(find()).isInstanceOf(Answer.Failed.class);
    }

    /** The label that answers says that there is no such key; the other takes the connection and says nothing, or is gone. */
    @Test
    void a_silent_label_beside_one_that_knows_no_such_key_is_a_failure_and_never_absence() throws IOException {
        try (ServerSocket hanging = new ServerSocket(0, 4, InetAddress.getLoopbackAddress());
                EndpointClient client = silent(hanging.getLocalPort())) {
            requireFailure(new BeaconNode(client), "TIMED_OUT");
            hanging.close();
            requireFailure(new BeaconNode(client), "UNREACHABLE");
        }
    }

    private static EndpointClient silent(int port) {
        return new EndpointClient(
                new RpcEndpoint("silent", URI.create("http://127.0.0.1:" + port)), Duration.ofMillis(300));
    }

    private void requireFailure(BeaconNode silent, String kind) {
        for (List<BeaconNode> labels : List.of(List.of(one.node(), silent), List.of(silent, one.node()))) {
            BeaconLookup lookup = new BeaconLookup(labels, ScriptedBeacon.FORK_VERSION);
            assertThat(lookup.find(HexText.bytes(KEY))).isInstanceOfSatisfying(Answer.Failed.class, failed -> {
                assertThat(failed.label()).isEqualTo("silent");
                assertThat(failed.sentence()).contains(kind);
            });
            assertThat(lookup.exitProblems(HexText.bytes(KEY), "0x" + "12".repeat(20)))
                    .contains("one: there is no such validator")
                    .anyMatch(problem -> problem.startsWith("silent: ") && problem.contains(kind));
        }
    }

    @Test
    void one_configured_label_is_a_failure() {
        assertThat(new BeaconLookup(List.of(one.node()), ScriptedBeacon.FORK_VERSION).find(HexText.bytes(KEY)))
                .isInstanceOf(Answer.Failed.class);
    }

    @Test
    void an_exit_that_a_label_would_drop_is_a_problem_that_names_the_label() {
        String vault = "0x" + "12".repeat(20);
        BeaconLookup lookup = new BeaconLookup(List.of(one.node(), two.node()), ScriptedBeacon.FORK_VERSION);
        one.validator(3, KEY, FOREIGN, "active_ongoing");
        assertThat(lookup.exitProblems(HexText.bytes(KEY), vault))
                .anyMatch(problem -> problem.startsWith("one: the validator's withdrawal credentials are " + FOREIGN))
                .contains("two: there is no such validator");
    }
}
