package bulwark.app.stem;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.LogLevel;
import bulwark.kernel.error.PrintableText;
import bulwark.kernel.process.PidFile;
import bulwark.tasks.beat.Beat;
import bulwark.tasks.broker.Broker;
import bulwark.tasks.setup.TaskRuntime;
import bulwark.web.Health;
import bulwark.web.OpsEndpoint;
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
    private static final Duration LIVENESS_TIMEOUT = Duration.ofSeconds(15);
    private static final int RELOAD_SECONDS = 10;

    @Mixin
    private final SettingsOptions settings;

    @Option(names = "--once", description = "Send what is due now, then exit.")
    private boolean once;

    @Option(names = "--pidfile", description = "PID file; written once the beat runs, removed at exit.")
    private @Nullable Path pidfile;

    BeatCommand(CommandContext context) {
        this.settings = new SettingsOptions(context);
    }

    @Override
    public Integer call() throws IOException {
        Clock clock = settings.session().clock();
        try (TaskRuntime runtime = TaskRuntime.open(settings.environment(), settings.directory(), clock);
                Beat beat = new Beat(
                        runtime.stores().schedules(),
                        runtime.stores().broker(),
                        runtime.signing(),
                        runtime.metrics(),
                        clock)) {
            LogLevel.apply(runtime.configuration().text("STEM_LOG_LEVEL"));
            runtime.configuration().warnings().forEach(this::say);
            runtime.stores().broker().durabilityWarnings().stream()
                    .map(Broker.DurabilityWarning::sentence)
                    .forEach(this::say);
            if (once) {
                settings.session().out().println("Sent " + beat.tick() + " task(s).");
                return 0;
            }
            runtime.signing().describe().forEach(this::say);
            Instant started = clock.instant();
            try (OpsEndpoint seen = OpsEndpoint.listen(
                    "stem",
                    runtime.configuration().text("STEM_METRICS_HOST"),
                    runtime.configuration().port("STEM_METRICS_PORT"),
                    runtime.metrics(),
                    () -> health(beat, started, clock.instant()))) {
                beat.start();
                settings.session()
                        .out()
                        .println("beat started" + (seen.port() == 0 ? "" : ", metrics on port " + seen.port()));
                if (pidfile != null) {
                    PidFile.write(
                            settings.directory().resolve(pidfile),
                            ProcessHandle.current().pid());
                }
                awaitStop(runtime);
                if (pidfile != null) {
                    Files.deleteIfExists(settings.directory().resolve(pidfile));
                }
            }
            return 0;
        }
    }

    private void awaitStop(TaskRuntime runtime) {
        CountDownLatch stop = new CountDownLatch(1);
        for (String name : List.of("TERM", "INT")) {
            Signal.handle(new Signal(name), signal -> stop.countDown());
        }
        Signal.handle(new Signal("HUP"), signal -> runtime.reload().forEach(this::say));
        try {
            // Files of keys may change at any time, and nobody has to send a signal for it.
            while (!stop.await(RELOAD_SECONDS, TimeUnit.SECONDS)) {
                runtime.reload();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Health health(Beat beat, Instant started, Instant now) {
        @Nullable Instant last = beat.lastTick();
        boolean lively = (last == null ? started : last).plus(LIVENESS_TIMEOUT).isAfter(now);
        return new Health(
                lively ? null : "the schedules were not read for " + LIVENESS_TIMEOUT.toSeconds() + " s",
                last == null ? "the schedules were not read yet" : null);
    }

    private void say(String sentence) {
        settings.session().err().println(PrintableText.line(sentence));
    }
}
