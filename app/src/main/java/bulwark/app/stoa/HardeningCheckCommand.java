package bulwark.app.stoa;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.Json;
import bulwark.gateway.GatewaySettings;
import bulwark.gateway.hardening.BoxFinding;
import bulwark.gateway.hardening.BoxFinding.Verdict;
import bulwark.gateway.hardening.HardeningCheck;
import bulwark.gateway.hardening.HardeningTarget;
import bulwark.gateway.hardening.HardeningTarget.Elsewhere;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.EffectiveSetting;
import bulwark.kernel.config.Setting;
import bulwark.kernel.error.ExitCode;
import bulwark.kernel.error.PrintableText;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Thirteen rows, one for each box. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = "Judge the running gateway of this folder: pass, fail, or not visible from here, with what was"
                + " observed and how to mend it. Ends with 1 when a box fails.")
final class HardeningCheckCommand implements Callable<Integer> {
    private static final String EVERY_ADDRESS = "0.0.0.0";

    private final CommandContext context;

    @Option(names = "--json", description = "Print the findings as JSON.")
    private boolean json;

    @Option(
            names = "--manifests",
            paramLabel = "DIR",
            description = "Rendered Kubernetes manifests: a file, a folder, or a folder that kubectl renders.")
    private @Nullable Path manifests;

    @Option(names = "--realm", paramLabel = "FILE", description = "Export of the Keycloak realm, JSON.")
    private @Nullable Path realm;

    @Option(names = "--prometheus", paramLabel = "URL", description = "Base URL of the Prometheus with the rules.")
    private @Nullable URI prometheus;

    @Option(names = "--scan-report", paramLabel = "FILE", description = "Report of an image scan, Trivy's JSON.")
    private @Nullable Path scanReport;

    @Option(names = "--repository", paramLabel = "DIR", description = "Git work tree whose newest commit is verified.")
    private @Nullable Path repository;

    HardeningCheckCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        List<BoxFinding> findings = HardeningCheck.run(target(), context.clock());
        if (json) {
            context.out().println(Json.pretty(document(findings)));
        } else {
            findings.forEach(this::print);
        }
        return (findings.stream().anyMatch(finding -> finding.verdict() == Verdict.FAIL)
                        ? ExitCode.NEGATIVE
                        : ExitCode.DONE)
                .plain();
    }

    private HardeningTarget target() {
        Configuration settings =
                Configuration.readLenient(GatewaySettings.schema(), context.environment(), context.directory());
        Map<String, String> sources = settings.effective().stream()
                .collect(Collectors.toMap(EffectiveSetting::name, EffectiveSetting::source));
        Set<String> secrets = GatewaySettings.schema().settings().stream()
                .filter(Setting::secret)
                .map(Setting::name)
                .collect(Collectors.toSet());
        String host = settings.text("STOA_HOST");
        return new HardeningTarget(
                settings,
                sources,
                secrets,
                host.isEmpty() || host.equals(EVERY_ADDRESS) ? "127.0.0.1" : host,
                context.directory().resolve(settings.text("STOA_STATE_DIR")),
                settings.secret("STOA_ADMIN_API_TOKEN"),
                new Elsewhere(
                        resolved(manifests),
                        resolved(realm),
                        Optional.ofNullable(prometheus),
                        resolved(scanReport),
                        resolved(repository)));
    }

    private Optional<Path> resolved(@Nullable Path path) {
        return Optional.ofNullable(path).map(context.directory()::resolve);
    }

    private void print(BoxFinding finding) {
        context.out()
                .printf(
                        "%2d  %-21s  %s%n",
                        finding.box().number(),
                        finding.verdict().words(),
                        finding.box().text());
        finding.observed().forEach(sentence -> context.out().println("      " + PrintableText.line(sentence)));
        if (finding.verdict() != Verdict.PASS) {
            context.out().println("      to mend: " + finding.box().remedy());
        }
    }

    private static ObjectNode document(List<BoxFinding> findings) {
        ObjectNode document = Json.object();
        ArrayNode boxes = document.putArray("boxes");
        for (BoxFinding finding : findings) {
            ObjectNode box = boxes.addObject();
            box.put("number", finding.box().number());
            box.put("box", finding.box().text());
            box.put("verdict", finding.verdict().words());
            ArrayNode observed = box.putArray("observed");
            finding.observed().forEach(observed::add);
            box.put("remedy", finding.box().remedy());
        }
        return document;
    }
}
