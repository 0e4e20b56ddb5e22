package bulwark.kernel.evidence.tlog;

import bulwark.kernel.evidence.tlog.TlogPolicy.Quorum;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads a policy file line by line: a line may only name what stands above it. */
final class PolicyLines {
    private static final int MAX_BYTES = 1 << 20;
    private static final int MAX_DEFINITIONS = 1000;
    private static final String NONE = "none";

    private final List<NoteKey> logs = new ArrayList<>();
    private final Map<String, NoteKey> witnesses = new LinkedHashMap<>();
    private final Map<String, Quorum> defined = new HashMap<>();
    private final Set<String> members = new HashSet<>();
    private @Nullable Quorum quorum;
    private int number;

    static TlogPolicy read(byte[] file) throws NoteRefused {
        if (file.length > MAX_BYTES) {
            throw new NoteRefused("the policy is larger than 1 MiB");
        }
        if (file.length > 0 && file[file.length - 1] != '\n') {
            throw new NoteRefused("the last line of the policy does not end with a line feed");
        }
        PolicyLines lines = new PolicyLines();
        // A byte is a character here: what is beyond ASCII is opaque, and compared as it stands.
        for (String line : new String(file, StandardCharsets.ISO_8859_1).split("\n", -1)) {
            lines.line(line);
        }
        if (lines.quorum == null) {
            throw new NoteRefused("the policy has no line \"quorum\"");
        }
        return new TlogPolicy(lines.logs, lines.witnesses, lines.quorum);
    }

    private void line(String line) throws NoteRefused {
        number++;
        if (line.chars().anyMatch(octet -> (octet < ' ' && octet != '\t') || octet == 0x7F)) {
            throw at("holds a control character");
        }
        String[] words = line.replace('\t', ' ').trim().split(" +", -1);
        if (words[0].isEmpty() || words[0].startsWith("#")) {
            return;
        }
        switch (words[0]) {
            case "log" -> log(words);
            case "witness" -> witness(words);
            case "group" -> group(words);
            case "quorum" -> quorum(words);
            default -> throw at("begins with none of log, witness, group, quorum and #");
        }
    }

    private void log(String[] words) throws NoteRefused {
        require(words.length == 2 || words.length == 3, "is not: log KEY [URL]");
        NoteKey key = key(words[1]);
        require(key.type() != NoteKey.Type.COSIGNATURE, "gives a log the key of a witness");
        require(
                logs.stream().noneMatch(other -> Arrays.equals(other.publicKey(), key.publicKey())),
                "names the key of a log that stands above already");
        require(logs.size() < MAX_DEFINITIONS, "is one log too many");
        logs.add(key);
    }

    private void witness(String[] words) throws NoteRefused {
        require(words.length == 3 || words.length == 4, "is not: witness NAME KEY [URL]");
        NoteKey key = key(words[2]);
        require(key.type() != NoteKey.Type.ED25519, "gives a witness the key of a log");
        require(
                witnesses.values().stream().noneMatch(other -> Arrays.equals(other.publicKey(), key.publicKey())),
                "names the key of a witness that stands above already");
        define(words[1], new TlogPolicy.Witness(key));
        witnesses.put(words[1], key);
    }

    private void group(String[] words) throws NoteRefused {
        require(words.length >= 4, "is not: group NAME all|any|NUMBER NAME…");
        int size = words.length - 3;
        int threshold = switch (words[2]) {
            case "all" -> size;
            case "any" -> 1;
            default -> words[2].matches("[1-9][0-9]{0,3}") ? Integer.parseInt(words[2]) : 0;
        };
        require(threshold >= 1 && threshold <= size, "asks for more or fewer members than it has");
        List<Quorum> group = new ArrayList<>();
        for (String name : Arrays.asList(words).subList(3, words.length)) {
            Quorum member = defined.get(name);
            require(member != null, "names a member that no line above defines");
            require(members.add(name), "names a member that belongs to a group already");
            if (member != null) {
                group.add(member);
            }
        }
        define(words[1], new TlogPolicy.Group(threshold, List.copyOf(group)));
    }

    private void quorum(String[] words) throws NoteRefused {
        require(words.length == 2, "is not: quorum NAME");
        require(quorum == null, "is a second quorum");
        Quorum named = words[1].equals(NONE) ? new TlogPolicy.NoQuorum() : defined.get(words[1]);
        require(named != null, "names a witness or group that no line above defines");
        quorum = named;
    }

    private void define(String name, Quorum quorum) throws NoteRefused {
        require(!name.equals(NONE) && !defined.containsKey(name), "gives a name that is taken");
        require(defined.size() < MAX_DEFINITIONS, "is one definition too many");
        defined.put(name, quorum);
    }

    private NoteKey key(String latin1) throws NoteRefused {
        try {
            return NoteKey.parse(new String(latin1.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8));
        } catch (NoteRefused e) {
            throw at("is refused: " + e.getMessage());
        }
    }

    private void require(boolean holds, String otherwise) throws NoteRefused {
        if (!holds) {
            throw at(otherwise);
        }
    }

    private NoteRefused at(String fault) {
        return new NoteRefused("line " + number + " of the policy " + fault);
    }
}
