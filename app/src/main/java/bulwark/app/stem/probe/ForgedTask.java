package bulwark.app.stem.probe;

import bulwark.doctor.probe.Observed;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Signing;
import bulwark.tasks.broker.DeadLetter;
import bulwark.tasks.client.EnqueueRequest;
import bulwark.tasks.results.TaskState;
import bulwark.tasks.results.TaskStatus;
import bulwark.tasks.setup.TaskRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Sends a task that no worker may run, and looks what became of it. One at a time, so that counts can be compared. */
record ForgedTask(TaskTarget target) {
    private static final String EXPECTED = "a dead letter with the reason signature-invalid, and no result";
    private static final String HANDLER = "demo.echo";
    private static final Duration LOOK_INTERVAL = Duration.ofMillis(50);
    private static final int MAX_LOOKS = 160;
    private static final ReentrantLock ONE_AT_A_TIME = new ReentrantLock();

    /** Signed by a key that the doctor made for itself, under a name of its own or of somebody else. */
    Map<String, String> foreignKey(String keyId) throws IOException {
        Path file = target.visit().memory().folder().resolve("foreign-task-key");
        Signing signing = Signing.fastest();
        ONE_AT_A_TIME.lock();
        try {
            if (!Files.exists(file)) {
                OwnerOnlyFiles.write(file, signing.random32().expose(SecretAccess.grant()));
            }
        } finally {
            ONE_AT_A_TIME.unlock();
        }
        byte[] seed = Files.readAllBytes(file);
        String open = Base64.getEncoder()
                .encodeToString(signing.signer(SecretBytes.of(seed.clone())).publicKey());
        return Map.of(
                "STEM_SIGNING_ALGORITHM",
                "ed25519",
                "STEM_SIGNING_ACTIVE_KEY",
                keyId,
                "STEM_SIGNING_PUBLIC_KEYS",
                keyId + ":" + open,
                "STEM_SIGNING_PRIVATE_KEYS",
                keyId + ":" + Base64.getEncoder().encodeToString(seed));
    }

    /** @param settings of the producer: whose key signs */
    Observed send(Map<String, String> settings) throws IOException, InterruptedException {
        ONE_AT_A_TIME.lockInterruptibly();
        try (TaskRuntime producer = target.producer(settings)) {
            return send(producer);
        } finally {
            ONE_AT_A_TIME.unlock();
        }
    }

    /** @param counter of refused signatures, read before and after; must grow by one */
    Observed sendCounted(CounterReader counter) throws IOException, InterruptedException {
        ONE_AT_A_TIME.lockInterruptibly();
        try (TaskRuntime producer = target.producer(Map.of())) {
            long before = counter.read();
            Observed refused = send(producer);
            long after = counter.read();
            return Observed.of(
                    after == before + 1,
                    "one forgery sent, one counted",
                    "counted " + before + " before and " + after + " after; " + refused.seen());
        } finally {
            ONE_AT_A_TIME.unlock();
        }
    }

    /** Reads a number that the target publishes. */
    interface CounterReader {
        long read() throws IOException, InterruptedException;
    }

    private static Observed send(TaskRuntime producer) throws InterruptedException {
        ObjectNode args = JsonNodeFactory.instance.objectNode().put("sent", "by bulwark doctor");
        String id =
                producer.client().enqueue(EnqueueRequest.named(HANDLER, args).withQueue(TaskProbes.QUEUE));
        for (int i = 0; i < MAX_LOOKS; i++) {
            Optional<TaskStatus> status = producer.stores().results().get(id);
            if (status.isPresent() && status.get().state() == TaskState.SUCCEEDED) {
                return Observed.fail(EXPECTED, "it ran: task " + id + " succeeded");
            }
            Optional<DeadLetter> dead =
                    producer.stores().broker().deadLetters().one(TaskProbes.QUEUE, new DeadLetter.OfTask(id));
            if (dead.isPresent()) {
                // The queue holds what the doctor sent, and nothing of anybody else.
                int ignored = producer.stores().broker().deadLetters().purge(TaskProbes.QUEUE, null, null);
                return Observed.of(
                        dead.get().reason().equals("signature-invalid"),
                        EXPECTED,
                        "a dead letter with the reason " + dead.get().reason());
            }
            Thread.sleep(LOOK_INTERVAL);
        }
        return Observed.error(
                EXPECTED,
                "neither a dead letter nor a result: no worker takes from the queue " + TaskProbes.QUEUE
                        + " (STEM_WORKER_QUEUES)");
    }
}
