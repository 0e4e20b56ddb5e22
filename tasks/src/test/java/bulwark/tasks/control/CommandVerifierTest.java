package bulwark.tasks.control;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.time.SettableClock;
import bulwark.tasks.broker.Receipt;
import bulwark.tasks.broker.ReceivedMessage;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.envelope.Message;
import bulwark.tasks.setup.TaskSettings;
import bulwark.tasks.signing.EnvelopeSigning;
import bulwark.tasks.signing.KeyPurpose;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.JsonNodeFactory;

class CommandVerifierTest {
    private final SettableClock clock = new SettableClock(Instant.parse("2026-01-02T03:04:05Z"));
    private final EnvelopeSigning signing = signing();
    private final CommandVerifier check = new CommandVerifier(signing, false, "w1", clock.instant(), clock);

    private static EnvelopeSigning signing() {
        Map<String, String> keys = Map.of("STEM_SIGNING_KEYS", "k:" + key(5), "STEM_SIGNING_ACTIVE_KEY", "k");
        return EnvelopeSigning.of(
                Configuration.read(TaskSettings.schema(), keys, Path.of("/nonexistent")), Signing.fastest());
    }

    private static String key(int seed) {
        byte[] key = new byte[32];
        new java.util.Random(seed).nextBytes(key);
        return Base64.getEncoder().encodeToString(key);
    }

    private ControlCommand command(String target, String nonce) {
        Instant end = clock.instant().plusSeconds(5);
        return new ControlCommand(
                "r1",
                "shutdown",
                List.of(target),
                JsonNodeFactory.instance.objectNode(),
                Duration.ofSeconds(5),
                nonce,
                end);
    }

    private Envelope signed(ControlCommand command) {
        return signing.sign(ControlCodec.envelope(command, "stem.control", clock));
    }

    private String verdict(CommandVerifier by, Envelope envelope, String takenFrom) {
        Receipt receipt = new Receipt(takenFrom, "g", "c", "1-0", 1);
        return switch (by.check(new ReceivedMessage.Delivery(receipt, takenFrom, Message.fresh(envelope), true))) {
            case CommandVerifier.Verdict.Accepted _ -> "obey";
            case CommandVerifier.Verdict.NotForUs _ -> "not for us";
            case CommandVerifier.Verdict.Refused refuse -> refuse.reason();
        };
    }

    private String verdict(Envelope envelope) {
        return verdict(check, envelope, "stem.control");
    }

    @Test
    void a_command_is_executed_once() {
        Envelope envelope = signed(command("w1", "n1"));

        assertThat(verdict(envelope)).isEqualTo("obey");
        assertThat(verdict(envelope)).isEqualTo("replayed");
        assertThat(verdict(signed(command("*", "n2")))).isEqualTo("obey");
    }

    @Test
    void a_command_for_another_worker_is_ignored() {
        assertThat(verdict(signed(command("w2", "n1")))).isEqualTo("not for us");
    }

    @Test
    void an_expired_command_is_refused() {
        Envelope envelope = signed(command("w1", "n1"));
        clock.advance(Duration.ofSeconds(5));

        assertThat(verdict(envelope)).isEqualTo("expired");
    }

    @Test
    void a_command_that_never_ends_is_refused() {
        ControlCommand endless = new ControlCommand(
                "r1",
                "ping",
                List.of("*"),
                JsonNodeFactory.instance.objectNode(),
                Duration.ofSeconds(5),
                "n1",
                clock.instant().plus(Duration.ofDays(1)));

        assertThat(verdict(signed(endless))).isEqualTo("expired");
    }

    @Test
    void a_command_from_before_the_start_is_refused() {
        Envelope envelope = signed(command("*", "n1"));
        clock.advance(Duration.ofSeconds(4));
        CommandVerifier restarted = new CommandVerifier(signing, false, "w1", clock.instant(), clock);

        assertThat(verdict(restarted, envelope, "stem.control")).isEqualTo("before-start");
    }

    @Test
    void a_signed_command_without_a_nonce_is_refused() {
        assertThat(verdict(signed(command("w1", "")))).isEqualTo("no-nonce");
    }

    @Test
    void a_command_of_another_queue_is_refused() {
        assertThat(verdict(check, signed(command("w1", "n1")), "other.control")).isEqualTo("queue-mismatch");
    }

    @Test
    void unsigned_commands_need_the_setting_and_forged_ones_are_refused() {
        ControlCommand command = command("w1", "n1");
        Envelope bare = ControlCodec.envelope(command, "stem.control", clock);
        Map<String, String> headers = new HashMap<>(bare.headers());
        headers.put(Envelope.SIGNATURE, "AAAA");
        headers.put(Envelope.SIGNATURE_KEY, "k");
        CommandVerifier lenient = new CommandVerifier(signing, true, "w1", clock.instant(), clock);

        assertThat(verdict(bare)).isEqualTo("unsigned");
        assertThat(verdict(bare.withHeaders(headers))).isEqualTo("signature-invalid");
        assertThat(verdict(lenient, bare.withHeaders(headers), "stem.control")).isEqualTo("signature-invalid");
        assertThat(verdict(lenient, bare, "stem.control")).isEqualTo("obey");
    }

    @Test
    void a_producers_key_commands_no_worker() {
        Map<String, String> keys = Map.of(
                "STEM_SIGNING_KEYS",
                "shop:" + key(6) + ",operator:" + key(7),
                "STEM_SIGNING_ACTIVE_KEY",
                "shop",
                "STEM_SIGNING_CONTROL_KEY",
                "operator",
                "STEM_SIGNING_PURPOSES",
                "shop:tasks,operator:control");
        EnvelopeSigning both = EnvelopeSigning.of(
                Configuration.read(TaskSettings.schema(), keys, Path.of("/nonexistent")), Signing.fastest());
        CommandVerifier verifier = new CommandVerifier(both, false, "w1", clock.instant(), clock);
        Envelope command = ControlCodec.envelope(command("w1", "n1"), "stem.control", clock);

        assertThat(verdict(verifier, both.sign(command), "stem.control")).isEqualTo("key-not-for-control");
        assertThat(verdict(verifier, both.forPurpose(KeyPurpose.CONTROL).sign(command), "stem.control"))
                .isEqualTo("obey");
        assertThat(both.verify(both.forPurpose(KeyPurpose.CONTROL).sign(command)))
                .isInstanceOf(EnvelopeSigning.Verdict.Invalid.class);
    }
}
