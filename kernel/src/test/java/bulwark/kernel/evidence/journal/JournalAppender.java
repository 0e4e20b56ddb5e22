package bulwark.kernel.evidence.journal;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/** A process that appends until it is killed, and prints what was promised: a line for each record that it handed over, one for each that was called durable. */
final class JournalAppender {
    private JournalAppender() {}

    /** @param args folder, number of records, nanoseconds between two */
    public static void main(String[] args) {
        Journal journal = Journal.open(
                Path.of(args[0]), new Journal.Options(64 << 10, 10_000), new SecureRandom(), Clock.systemUTC());
        journal.onFatal(sentence -> print("fatal " + sentence));
        for (int i = 0; i < Integer.parseInt(args[1]); i++) {
            String text = "record " + i;
            if (i % 5 != 0) {
                boolean taken = journal.append(out -> out.raw(text.getBytes(StandardCharsets.UTF_8)));
                print((taken ? "allowed " : "refused ") + System.nanoTime() + " " + text);
            } else {
                CompletableFuture<String> outcome = new CompletableFuture<>();
                boolean taken = journal.append(
                        out -> out.raw(text.getBytes(StandardCharsets.UTF_8)),
                        problem -> outcome.complete(problem == null ? "durable " + text : "failed " + problem));
                print(taken ? outcome.join() : "refused " + System.nanoTime() + " " + text);
            }
            LockSupport.parkNanos(Long.parseLong(args[2]));
        }
        journal.close();
        print("closed");
    }

    private static void print(String line) {
        byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
        System.out.write(bytes, 0, bytes.length);
        System.out.flush();
    }
}
