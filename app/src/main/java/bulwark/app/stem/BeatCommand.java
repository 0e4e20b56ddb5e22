package bulwark.app.stem;

import bulwark.kernel.process.PidFile;
import bulwark.tasks.beat.Beat;
import bulwark.tasks.broker.Broker;
import bulwark.tasks.setup.Tasks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import sun.misc.Signal;

/** One beat for the life of this process. SIGTERM and SIGINT stop it, SIGHUP reads the keys again. */
@Command(
        name = "beat",
        mixinStandardHelpOptions = true,
        description =
                "Send what schedules say is due, each time once, however many beats run. Signs when it has a key.")
final class BeatCommand implements Callable<Integer> {
    private static final Duration LIVELY = Duration.ofSeconds(15);
    private static final int RELOAD_SECONDS = 10;

    @Mixin
    private final Place place;

    @Option(names = "--once", description = "Send what is due now, then exit.")
    private boolean once;

    @Option(names = "--pidfile", description = "PID file; written once the beat runs, removed at exit.")
    private @Nullable Path pidfile;

    BeatCommand(Session session) {
        this.place = new Place(session);
    }

    @Override
    public Integer call() throws IOException {
        Clock clock = place.session().clock();
        try (Tasks tasks = Tasks.open(place.environment(), place.directory(), clock);
                Beat beat = new Beat(
                        tasks.stores().schedules(), tasks.stores().broker(), tasks.signing(), tasks.metrics(), clock)) {
            LogLevel.apply(tasks.configuration().text("STEM_LOG_LEVEL"));
            tasks.configuration().warnings().forEach(this::say);
            tasks.stores().broker().risks().stream().map(Broker.Risk::sentence).forEach(this::say);
            if (once) {
                place.session().out().println("Sent " + beat.tick() + " task(s).");
                return 0;
            }
            tasks.signing().describe().forEach(this::say);
            Instant started = clock.instant();
            try (Observation seen = Observation.serve(
                    tasks.configuration(), tasks.metrics(), clock, () -> state(beat, started, clock.instant()))) {
                beat.start();
                place.session()
                        .out()
                        .println("beat started" + (seen.port() == 0 ? "" : ", metrics on port " + seen.port()));
                if (pidfile != null) {
                    PidFile.write(
                            place.directory().resolve(pidfile),
                            ProcessHandle.current().pid());
                }
                awaitStop(tasks);
                if (pidfile != null) {
                    Files.deleteIfExists(place.directory().resolve(pidfile));
                }
            }
            return 0;
        }
    }

    private void awaitStop(Tasks tasks) {
        CountDownLatch stop = new CountDownLatch(1);
        for (String name : List.of("TERM", "INT")) {
            Signal.handle(new Signal(name), signal -> stop.countDown());
        }
        Signal.handle(new Signal("HUP"), signal -> tasks.reload().forEach(this::say));
        try {
            // Files of keys may change at any time, and nobody has to send a signal for it.
            while (!stop.await(RELOAD_SECONDS, TimeUnit.SECONDS)) {
                tasks.reload();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Observation.State state(Beat beat, Instant started, Instant now) {
        @Nullable Instant last = beat.lastTick();
        boolean lively = (last == null ? started : last).plus(LIVELY).isAfter(now);
        return new Observation.State(
                lively ? null : "the schedules were not read for " + LIVELY.toSeconds() + " s",
                last == null ? "the schedules were not read yet" : null);
    }

    private void say(String sentence) {
        place.session().err().println(Table.printable(sentence));
    }
}
