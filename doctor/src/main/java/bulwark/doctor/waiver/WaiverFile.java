package bulwark.doctor.waiver;

import bulwark.doctor.probe.Verdict;
import bulwark.doctor.report.ProbeResult;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.json.StrictYaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * {@code waivers.yaml}: a list of {@code probe}, {@code target}, {@code reason}, {@code name} and {@code until}. The probe still runs and is shown; a waiver that ended is a fail of its own.
 * Immutable.
 *
 * @param waivers in the order of the file
 */
public record WaiverFile(List<Waiver> waivers) {
    /** Nobody can know longer than a quarter ahead. */
    static final int MAX_DAYS = 90;

    private static final int MAX_BYTES = 1 << 18;
    private static final Set<String> MEMBERS = Set.of("probe", "target", "reason", "name", "until");

    public static final WaiverFile NONE = new WaiverFile(List.of());

    public WaiverFile {
        waivers = List.copyOf(waivers);
    }

    /**
     * @param known ids of all probes
     * @throws CommandFailed with every fault of the file at once
     */
    public static WaiverFile read(Path file, Set<String> known, LocalDate today) throws IOException {
        List<String> faults = new ArrayList<>();
        List<Waiver> read = new ArrayList<>();
        JsonNode document;
        try {
            document = StrictYaml.parse(Files.readString(file), MAX_BYTES);
        } catch (NoSuchFileException none) {
            throw CommandFailed.usage(file + " is not there: name the file of waivers with --waivers");
        } catch (StrictYaml.YamlRefused refused) {
            throw CommandFailed.usage(file + ": " + refused.getMessage());
        }
        if (!document.isArray()) {
            throw CommandFailed.usage(file + " must be a list of waivers: probe, target, reason, name and until");
        }
        int number = 0;
        for (JsonNode entry : document) {
            number++;
            read.add(waiver(entry, "waiver " + number, known, today, faults));
        }
        if (!faults.isEmpty()) {
            throw CommandFailed.usage(file + ": " + String.join("; ", faults));
        }
        return new WaiverFile(read);
    }

    private static Waiver waiver(
            JsonNode entry, String which, Set<String> known, LocalDate today, List<String> faults) {
        entry.propertyNames().stream()
                .filter(name -> !MEMBERS.contains(name))
                .forEach(name -> faults.add(which + " has a member " + name + ", which waivers do not have"));
        for (String member : List.of("probe", "target", "reason", "name", "until")) {
            if (entry.path(member).asString("").isBlank()) {
                faults.add(which + " says no " + member);
            }
        }
        String probe = entry.path("probe").asString("");
        if (!probe.isBlank() && !known.contains(probe)) {
            faults.add(which + " is of " + probe + ", and there is no such probe: see bulwark doctor --list");
        }
        LocalDate until = until(entry.path("until").asString(""), which, faults, today);
        return new Waiver(
                probe,
                entry.path("target").asString(""),
                entry.path("reason").asString(""),
                entry.path("name").asString(""),
                until);
    }

    private static LocalDate until(String text, String which, List<String> faults, LocalDate today) {
        try {
            LocalDate until = text.isBlank() ? today : LocalDate.parse(text);
            if (until.isAfter(today.plusDays(MAX_DAYS))) {
                faults.add(
                        which + " ends on " + until + ", more than " + MAX_DAYS + " days ahead: give an earlier day");
            }
            return until;
        } catch (DateTimeParseException malformed) {
            faults.add(which + " ends on '" + text + "', which is no day such as 2026-12-31");
            return today;
        }
    }

    /** The result with what the file says of it. */
    public ProbeResult apply(ProbeResult result, String target, LocalDate today) {
        for (Waiver waiver : waivers) {
            if (waiver.probe().equals(result.id()) && waiver.target().equals(target)) {
                if (waiver.hasEnded(today)) {
                    return result.failed("the waiver of " + waiver.name() + " ended on " + waiver.until()
                            + ": take it out of the file or renew it");
                }
                return result.status() == Verdict.PASS ? result : result.waived(waiver.words());
            }
        }
        return result;
    }
}
