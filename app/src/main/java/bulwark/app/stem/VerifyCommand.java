package bulwark.app.stem;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.Json;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.error.ExitCode;
import bulwark.kernel.error.PrintableText;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Digests;
import bulwark.kernel.signing.Signing;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.envelope.EnvelopeCodec;
import bulwark.tasks.envelope.EnvelopeRefused;
import bulwark.tasks.envelope.Message;
import bulwark.tasks.signing.EnvelopeSigning;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Whether an envelope in a file was signed by one of the configured keys. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description =
                "Verify an envelope (or what dlq show printed) with the configured keys. Exit code 0 valid, 1 not.")
final class VerifyCommand implements Callable<Integer> {
    @Mixin
    private final SettingsOptions settings;

    @Parameters(paramLabel = "FILE", description = "JSON of the envelope, or - for standard input.")
    private String file = "";

    @Option(names = "--canonical", description = "Also print the bytes under the signature.")
    private boolean canonical;

    @Option(names = "--json", description = "Print the answer as JSON.")
    private boolean json;

    VerifyCommand(CommandContext context) {
        this.settings = new SettingsOptions(context);
    }

    @Override
    public Integer call() throws IOException {
        EnvelopeSigning signing = EnvelopeSigning.of(settings.configuration(), Signing.fastest());
        Envelope envelope = envelope().envelope();
        EnvelopeSigning.Verdict verdict = signing.verify(envelope);
        if (verdict instanceof EnvelopeSigning.Verdict.Unchecked) {
            throw CommandFailed.usage(
                    "there are no keys to verify with: set STEM_SIGNING_KEYS or STEM_SIGNING_PUBLIC_KEYS");
        }
        boolean valid = verdict instanceof EnvelopeSigning.Verdict.Valid;
        settings.session().out().println(json ? Json.pretty(json(envelope, verdict)) : sentence(envelope, verdict));
        if (canonical) {
            settings.session().out().println(new String(EnvelopeCodec.canonical(envelope), StandardCharsets.UTF_8));
        }
        return valid ? 0 : ExitCode.NEGATIVE.sysexit();
    }

    private Message envelope() throws IOException {
        String text = file.equals("-")
                ? new String(settings.session().in().readAllBytes(), StandardCharsets.UTF_8)
                : Files.readString(settings.session().directory().resolve(file));
        try {
            // What dlq show prints has the envelope inside.
            ObjectNode document = Json.parseObject(text, file);
            JsonNode inside = document.path("envelope");
            return EnvelopeCodec.ofJson(inside.isObject() ? StrictJson.text(inside) : text);
        } catch (EnvelopeRefused refused) {
            throw CommandFailed.usage(file + " holds no envelope: " + refused.getMessage());
        }
    }

    private static String sentence(Envelope envelope, EnvelopeSigning.Verdict verdict) {
        String task = PrintableText.line(envelope.id()) + " (" + PrintableText.line(envelope.name()) + ")";
        return switch (verdict) {
            case EnvelopeSigning.Verdict.Valid valid ->
                "valid: " + task + " was signed with the " + valid.algorithm() + " key \"" + valid.keyId() + "\"";
            case EnvelopeSigning.Verdict.Invalid invalid ->
                "NOT valid: " + task + ": " + PrintableText.line(invalid.reason());
            case EnvelopeSigning.Verdict.Unchecked _ -> "unchecked";
        };
    }

    private static ObjectNode json(Envelope envelope, EnvelopeSigning.Verdict verdict) {
        ObjectNode answer = Json.object().put("id", envelope.id()).put("name", envelope.name());
        switch (verdict) {
            case EnvelopeSigning.Verdict.Valid valid ->
                answer.put("valid", true).put("algorithm", valid.algorithm()).put("keyId", valid.keyId());
            case EnvelopeSigning.Verdict.Invalid invalid ->
                answer.put("valid", false).put("reason", invalid.reason()).put("keyId", invalid.keyId());
            case EnvelopeSigning.Verdict.Unchecked _ -> answer.put("valid", false);
        }
        return answer.put("canonicalSha256", Digests.sha256Hex(EnvelopeCodec.canonical(envelope)));
    }
}
