package bulwark.kernel.evidence.tlog;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/** The definitions of RFC 6962 §2.1, written down as they stand there and without regard to cost: a second opinion. */
record NaiveTree(List<byte[]> data) {
    byte[] root() {
        int n = data.size();
        if (n == 0) {
            return bulwark.kernel.signing.Digests.sha256(new byte[0]);
        }
        if (n == 1) {
            return hash(0, data.getFirst());
        }
        int k = split(n);
        return hash(1, part(0, k).root(), part(k, n).root());
    }

    /** PATH(m, D[n]). */
    List<byte[]> path(int m) {
        int n = data.size();
        if (n == 1) {
            return new ArrayList<>();
        }
        int k = split(n);
        List<byte[]> path = m < k ? part(0, k).path(m) : part(k, n).path(m - k);
        path.add(m < k ? part(k, n).root() : part(0, k).root());
        return path;
    }

    /** PROOF(m, D[n]). */
    List<byte[]> proof(int m) {
        return m == 0 || m == data.size() ? List.of() : subproof(m, true);
    }

    private List<byte[]> subproof(int m, boolean whole) {
        int n = data.size();
        if (m == n) {
            return whole ? new ArrayList<>() : new ArrayList<>(List.of(root()));
        }
        int k = split(n);
        List<byte[]> proof = m <= k ? part(0, k).subproof(m, whole) : part(k, n).subproof(m - k, false);
        proof.add(m <= k ? part(k, n).root() : part(0, k).root());
        return proof;
    }

    private NaiveTree part(int from, int to) {
        return new NaiveTree(data.subList(from, to));
    }

    private static int split(int n) {
        int k = 1;
        while (2 * k < n) {
            k *= 2;
        }
        return k;
    }

    private static byte[] hash(int prefix, byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(prefix);
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return bulwark.kernel.signing.Digests.sha256(all.toByteArray());
    }
}
