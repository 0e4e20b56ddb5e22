package bulwark.tasks.control;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.signing.Signing;
import bulwark.tasks.broker.Publication;
import bulwark.tasks.broker.ReceivedMessage;
import bulwark.tasks.broker.Subscription;
import bulwark.tasks.broker.TakeLimits;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.envelope.Message;
import bulwark.tasks.memory.MemoryStores;
import bulwark.tasks.setup.TaskSettings;
import bulwark.tasks.signing.EnvelopeSigning;
import bulwark.tasks.signing.KeyPurpose;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.node.JsonNodeFactory;

/** What counts when more than one answers in a worker's name. */
@Timeout(60)
class ControlClientTest {
    private static final Clock CLOCK = Clock.systemUTC();
    private static final Duration LEASE = Duration.ofMinutes(1);

    private final MemoryStores stores = new MemoryStores(CLOCK);
    private final EnvelopeSigning signing = EnvelopeSigning.of(
            Configuration.read(
                    TaskSettings.schema(),
                    Map.of("STEM_SIGNING_KEYS", "k:" + key(), "STEM_SIGNING_ACTIVE_KEY", "k"),
                    Path.of("/nonexistent")),
            Signing.fastest());

    private static String key() {
        byte[] key = new byte[32];
        new Random(7).nextBytes(key);
        return Base64.getEncoder().encodeToString(key);
    }

    @Test
    void a_signed_reply_goes_before_one_that_anybody_may_have_written() throws Exception {
        CompletableFuture<List<ControlReply>> asked = ask(Duration.ofSeconds(30));
        ControlCommand command = command();
        answer(command, true, false);
        answer(command, false, true);
        answer(command, true, false);

        assertThat(asked.get()).singleElement().satisfies(reply -> {
            assertThat(reply.signed()).isTrue();
            assertThat(reply.ok()).isFalse();
        });
    }

    @Test
    void a_reply_that_is_not_signed_is_one_when_no_other_comes() throws Exception {
        CompletableFuture<List<ControlReply>> asked = ask(Duration.ofSeconds(30));
        answer(command(), true, false);

        assertThat(asked.get())
                .singleElement()
                .satisfies(reply -> assertThat(reply.signed()).isFalse());
    }

    private CompletableFuture<List<ControlReply>> ask(Duration timeout) throws InterruptedException {
        stores.broker().receive(worker(), TakeLimits.of(0), Duration.ZERO);
        CompletableFuture<List<ControlReply>> asked = new CompletableFuture<>();
        Thread.startVirtualThread(() -> {
            try {
                asked.complete(new ControlClient(stores, signing, "stem", CLOCK)
                        .request("ping", List.of("w1"), JsonNodeFactory.instance.objectNode(), timeout));
            } catch (InterruptedException | RuntimeException e) {
                asked.completeExceptionally(e);
            }
        });
        return asked;
    }

    private static Subscription worker() {
        return Subscription.toChannel(ControlCodec.channel("stem"), "w1", LEASE);
    }

    private ControlCommand command() throws InterruptedException {
        ReceivedMessage received = stores.broker()
                .receive(worker(), TakeLimits.of(1), Duration.ofSeconds(30))
                .getFirst();
        return ControlCodec.command(
                        ((ReceivedMessage.Delivery) received).message().envelope())
                .orElseThrow();
    }

    private void answer(ControlCommand command, boolean ok, boolean signed) {
        String queue = ControlCodec.replyQueue("stem", command.requestId());
        Envelope reply = ControlCodec.envelope(
                new ControlReply(
                        command.requestId(),
                        "w1",
                        ok,
                        JsonNodeFactory.instance.objectNode(),
                        ok ? null : "the command failed",
                        false),
                queue,
                CLOCK);
        Envelope sent = signed ? signing.forPurpose(KeyPurpose.CONTROL).sign(reply) : reply;
        stores.broker().publish(List.of(new Publication(Message.fresh(sent), queue, 0, null, false)));
    }
}
