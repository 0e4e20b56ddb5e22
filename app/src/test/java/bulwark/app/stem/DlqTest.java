package bulwark.app.stem;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.app.CommandResult;
import bulwark.tasks.broker.ReceivedMessage;
import bulwark.tasks.broker.Settlement;
import bulwark.tasks.broker.Subscription;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.envelope.Message;
import bulwark.tasks.setup.TaskRuntime;
import bulwark.tasks.signing.EnvelopeSigning;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Sending and dead letters by commands, on the embedded broker. */
@Timeout(60)
class DlqTest {
    private static final Map<String, String> HMAC = Map.of(
            "STEM_SIGNING_KEYS", "primary:c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LTEyMzQ=",
            "STEM_SIGNING_ACTIVE_KEY", "primary");
    private static final Subscription QUEUE = Subscription.toQueue("default", "test", Duration.ofMinutes(1));

    @TempDir
    Path folder;

    @Test
    void a_signed_dead_letter_is_replayed_as_the_next_attempt_and_signed_again() throws Exception {
        String id =
                stem(HMAC, "enqueue", "demo.echo", "--args", "{\"a\":1}").out().strip();
        bury("max-retries-exhausted");
        assertThat(stem(HMAC, "dlq", "list", "-q", "default").out())
                .contains("ID ")
                .contains(" | Attempts | DeadAt ")
                .contains(id + " | demo.echo ")
                .contains("max-retries-exhausted");
        assertThat(stem(HMAC, "dlq", "show", "-q", "default", "--id", id).out())
                .contains("\"reason\": \"max-retries-exhausted\"")
                .contains("\"name\": \"demo.echo\"");
        assertThat(stem(HMAC, "dlq", "replay", "-q", "default").code()).isEqualTo(64);
        CommandResult dry = stem(HMAC, "dlq", "replay", "-q", "default", "--dry-run");
        assertThat(dry.out())
                .contains("Would replay 1 entry from default.")
                .contains(" - " + id + " (demo.echo) [attempt 0]");
        CommandResult done = stem(HMAC, "dlq", "replay", "-q", "default", "--yes");
        assertThat(done.out()).contains("Replayed 1 entry from default.");
        Message again = take().getFirst();
        assertThat(again.attempt()).isEqualTo(1);
        assertThat(again.envelope().attempt()).isEqualTo(1);
        assertThat(verdict(again)).isInstanceOf(EnvelopeSigning.Verdict.Valid.class);
        assertThat(stem(HMAC, "dlq", "list", "-q", "default").out()).contains("No dead letter entries found.");
        assertThat(stem(HMAC, "dlq", "replay", "-q", "default", "--yes").out())
                .contains("No dead letter entries were replayed.");
    }

    @Test
    void without_keys_a_signed_dead_letter_is_replayed_unchanged_and_verifies() throws Exception {
        stem(HMAC, "enqueue", "demo.echo");
        bury("max-retries-exhausted");
        assertThat(stem(Map.of(), "dlq", "replay", "-q", "default", "--yes").out())
                .contains("Replayed 1 entry");
        Message again = take().getFirst();
        assertThat(again.attempt()).isEqualTo(1);
        assertThat(again.envelope().attempt()).isZero();
        assertThat(verdict(again)).isInstanceOf(EnvelopeSigning.Verdict.Valid.class);
    }

    @Test
    void a_replay_does_not_sign_what_was_not_validly_signed() throws Exception {
        stem(Map.of(), "enqueue", "demo.echo");
        bury("signature-invalid");
        CommandResult replay = stem(HMAC, "dlq", "replay", "-q", "default", "--yes");
        assertThat(replay.err()).contains("missing signature headers");
        Message again = take().getFirst();
        assertThat(again.envelope().headers()).doesNotContainKey(Envelope.SIGNATURE);
        assertThat(verdict(again)).isInstanceOf(EnvelopeSigning.Verdict.Invalid.class);
    }

    @Test
    void a_delayed_replay_is_hidden_until_its_time() throws Exception {
        stem(HMAC, "enqueue", "demo.echo");
        bury("x");
        stem(HMAC, "dlq", "replay", "-q", "default", "--yes", "--delay", "1h");
        assertThat(take()).isEmpty();
    }

    @Test
    void dead_letters_are_purged_only_with_confirmation() throws Exception {
        stem(HMAC, "enqueue", "demo.echo");
        stem(HMAC, "enqueue", "demo.echo");
        bury("x");
        assertThat(stem(HMAC, "dlq", "purge", "-q", "default").code()).isEqualTo(64);
        assertThat(stem(HMAC, "dlq", "purge", "-q", "default", "--yes", "-l", "1")
                        .out())
                .contains("Removed 1 dead letter entry from default.");
        assertThat(stem(HMAC, "observe", "dlq").out()).contains("Queue ").contains("default ");
    }

    @Test
    void showing_an_unknown_dead_letter_exits_with_1() {
        CommandResult ran = stem(HMAC, "dlq", "show", "-q", "default", "--id", "nobody");
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.err()).contains("nobody");
    }

    @Test
    void what_names_no_task_is_shown_and_replayed_by_its_entry() throws Exception {
        stem(HMAC, "enqueue", "demo.echo");
        bury("malformed-envelope", message -> new Settlement.Content.RawFields(Map.of("json", "no envelope")));
        assertThat(stem(HMAC, "dlq", "list", "-q", "default").out())
                .contains("(malformed)")
                .containsPattern("\\| 1 +\\| malformed-envelope");

        assertThat(stem(HMAC, "dlq", "show", "-q", "default", "--entry", "1").out())
                .contains("\"entry\": \"1\"")
                .contains("no envelope");
        assertThat(stem(HMAC, "dlq", "show", "-q", "default", "--entry", "2").code())
                .isEqualTo(1);
        assertThat(stem(HMAC, "dlq", "show", "-q", "default", "--entry", "1", "--id", "x")
                        .code())
                .isEqualTo(64);
        assertThat(stem(HMAC, "dlq", "show", "-q", "default").code()).isEqualTo(64);
        assertThat(stem(HMAC, "dlq", "replay", "-q", "default", "--yes").out()).contains("No dead letter entries");
        assertThat(stem(HMAC, "dlq", "replay", "-q", "default", "--entry", "1", "--yes")
                        .out())
                .contains("Replayed 1 entry from default.");
        try (TaskRuntime runtime = open()) {
            assertThat(runtime.stores().broker().receive(QUEUE, 10, Duration.ofSeconds(5)))
                    .singleElement()
                    .isInstanceOfSatisfying(
                            ReceivedMessage.Malformed.class,
                            back -> assertThat(back.fields()).isEqualTo(Map.of("json", "no envelope")));
        }
    }

    @Test
    void queues_are_counted() {
        stem(HMAC, "enqueue", "demo.echo", "-q", "billing");
        assertThat(stem(HMAC, "observe", "queues").out())
                .contains("Queue                    | Pending  | Inflight")
                .containsPattern("billing +\\| 1 +\\| 0");
    }

    @Test
    void health_reports_keys_and_stores() {
        CommandResult ran = stem(HMAC, "health");
        assertThat(ran.code()).as(ran.out() + ran.err()).isZero();
        assertThat(ran.out()).contains("[OK ] broker: Connected to sqlite:").contains("primary");
        assertThat(stem(Map.of(), "health", "--json").out())
                .contains("\"component\": \"signing\"")
                .contains("\"status\": \"warning\"");
        CommandResult broken =
                CommandResult.stem(folder, Map.of("STEM_BROKER_URL", "redis://:pass@127.0.0.1:1/0"), "health");
        assertThat(broken.code()).isEqualTo(70);
        assertThat(broken.out()).contains("[ERR] broker:").doesNotContain("pass");
    }

    @Test
    void an_envelope_in_a_file_is_verified() throws Exception {
        String id = stem(HMAC, "enqueue", "demo.echo").out().strip();
        bury("x");
        String shown = stem(HMAC, "dlq", "show", "-q", "default", "--id", id).out();
        Path file = java.nio.file.Files.writeString(folder.resolve("letter.json"), shown);
        CommandResult valid = stem(HMAC, "verify", file.toString());
        assertThat(valid.code()).as(valid.err()).isZero();
        assertThat(valid.out()).contains("valid: " + id + " (demo.echo)").contains("\"primary\"");
        java.nio.file.Files.writeString(file, shown.replace("demo.echo", "demo.evil"));
        CommandResult forged = stem(HMAC, "verify", file.toString());
        assertThat(forged.code()).isEqualTo(1);
        assertThat(forged.out()).contains("NOT valid").contains("signature mismatch");
        assertThat(stem(Map.of(), "verify", file.toString()).code()).isEqualTo(64);
    }

    private CommandResult stem(Map<String, String> keys, String... arguments) {
        return CommandResult.stem(folder, environment(keys), arguments);
    }

    private Map<String, String> environment(Map<String, String> keys) {
        Map<String, String> environment = new HashMap<>(keys);
        environment.put("STEM_BROKER_URL", "sqlite:tasks.db");
        return environment;
    }

    private TaskRuntime open() {
        return TaskRuntime.open(environment(HMAC), folder, Clock.systemUTC());
    }

    private void bury(String reason) throws Exception {
        bury(reason, Settlement.Content.WholeMessage::new);
    }

    private void bury(String reason, Function<Message, Settlement.Content> content) throws Exception {
        try (TaskRuntime runtime = open()) {
            for (ReceivedMessage arrival : runtime.stores().broker().receive(QUEUE, 10, Duration.ofSeconds(5))) {
                Message message = ((ReceivedMessage.Delivery) arrival).message();
                runtime.stores()
                        .broker()
                        .settle(List.of(new Settlement.Reject(
                                arrival.receipt(),
                                content.apply(message),
                                "default",
                                reason,
                                Map.of("error", "e"),
                                null,
                                null)));
            }
        }
    }

    private List<Message> take() throws Exception {
        try (TaskRuntime runtime = open()) {
            List<Message> all = new ArrayList<>();
            runtime.stores()
                    .broker()
                    .receive(QUEUE, 10, Duration.ofMillis(300))
                    .forEach(arrival -> all.add(((ReceivedMessage.Delivery) arrival).message()));
            return all;
        }
    }

    private EnvelopeSigning.Verdict verdict(Message message) {
        try (TaskRuntime runtime = open()) {
            return runtime.signing().verify(message.envelope());
        }
    }
}
