package bulwark.tasks.exec;

import bulwark.kernel.process.ConfinedStart;
import bulwark.tasks.handler.TaskContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run of a program, which leaves no process behind. One thread. */
final class ExecRun {
    private static final Logger LOG = LoggerFactory.getLogger(ExecRun.class);
    private static final long POLL_INTERVAL_MS = 50;
    private static final int ERRORS_KEPT = 2_000;
    private static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(1);
    /** Makes the program the leader of a session and a process group of its own: our signals do not reach it, and ours can end all of it. */
    private static final Path SETSID = Path.of("/usr/bin/setsid");

    private static final Path KILL = Path.of("/usr/bin/kill");

    private final ExecProgram program;
    private final TaskContext context;
    private final boolean ownGroup = Files.isExecutable(SETSID) && Files.isExecutable(KILL);
    private final AtomicReference<@Nullable String> fault = new AtomicReference<>();

    ExecRun(ExecProgram program, TaskContext context) {
        this.program = program;
        this.context = context;
    }

    byte[] run(byte[] input) throws IOException, InterruptedException, ExecFailed {
        List<String> command = new ArrayList<>();
        if (ownGroup) {
            command.add(SETSID.toString());
        }
        command.add(program.program().toString());
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(Path.of("/").toFile());
        builder.environment().clear();
        builder.environment().putAll(program.environment());
        Process process = ConfinedStart.start(builder);
        try {
            ByteArrayOutputStream output = new ByteArrayOutputStream();
            ByteArrayOutputStream errors = new ByteArrayOutputStream();
            Thread in = Thread.startVirtualThread(() -> feed(process, input));
            Thread out = Thread.startVirtualThread(
                    () -> drain(process.getInputStream(), output, program.maxOutputBytes(), true));
            Thread err = Thread.startVirtualThread(() -> drain(process.getErrorStream(), errors, ERRORS_KEPT, false));
            await(process);
            kill(process);
            // A process that escaped may hold the other ends for ever.
            for (Thread pump : List.of(in, out, err)) {
                pump.join(DRAIN_TIMEOUT);
            }
            return checkedOutput(process, output.toByteArray(), errors.size());
        } finally {
            if (process.isAlive()) {
                kill(process);
            }
            process.destroyForcibly();
        }
    }

    private void await(Process process) throws InterruptedException {
        long end = System.nanoTime() + program.timeout().toNanos();
        while (!process.waitFor(POLL_INTERVAL_MS, TimeUnit.MILLISECONDS)) {
            if (System.nanoTime() > end) {
                fault.compareAndSet(
                        null, "the program ran longer than " + program.timeout().toMillis() + " ms");
            }
            if (fault.get() != null) {
                return;
            }
            context.checkpoint();
        }
    }

    private byte[] checkedOutput(Process process, byte[] output, int errorBytes)
            throws ExecFailed, InterruptedException {
        String found = fault.get();
        if (found != null) {
            throw new ExecFailed(found);
        }
        int code = process.waitFor();
        if (code != 0) {
            // What it wrote there may hold secrets, and statuses are read by many.
            throw new ExecFailed("the program ended with code " + code + " and " + errorBytes + " bytes of errors");
        }
        return output;
    }

    /** A program that does not read its input is no fault of it. */
    private static void feed(Process process, byte[] input) {
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write(input);
        } catch (IOException ignored) {
            // The program closed its end.
        }
    }

    private void drain(InputStream stream, ByteArrayOutputStream into, int most, boolean fatal) {
        byte[] buffer = new byte[8_192];
        try {
            for (int read = stream.read(buffer); read >= 0; read = stream.read(buffer)) {
                int room = most - into.size();
                into.write(buffer, 0, Math.min(read, room));
                if (read > room && fatal) {
                    fault.compareAndSet(null, "the program wrote more than " + most + " bytes");
                    return;
                }
            }
        } catch (IOException e) {
            LOG.debug("The program's output ended early.", e);
        }
    }

    /** Its descendants too, and what is left of its process group. */
    private void kill(Process process) {
        List<ProcessHandle> descendants = process.descendants().toList();
        // By its handle, since the process itself would close its streams, with output in them that was not read yet.
        process.toHandle().destroyForcibly();
        descendants.forEach(ProcessHandle::destroyForcibly);
        if (!ownGroup) {
            return;
        }
        try {
            ProcessBuilder builder = new ProcessBuilder(KILL.toString(), "-KILL", "--", "-" + process.pid());
            builder.environment().clear();
            builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
            builder.start().waitFor(1, TimeUnit.SECONDS);
        } catch (IOException e) {
            LOG.warn("What the program started may go on.", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
