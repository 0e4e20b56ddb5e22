package bulwark.kernel.evidence.tlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MerkleTreeProofTest {
    private static List<String> hex(List<byte[]> hashes) {
        return hashes.stream().map(HexFormat.of()::formatHex).toList();
    }

    @Test
    void the_known_roots_of_rfc_6962_implementations_come_out() {
        HexFormat hex = HexFormat.of();
        List<byte[]> data = new ArrayList<>();
        for (String leaf : List.of(
                "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")) {
            data.add(hex.parseHex(leaf));
        }
        assertThat(hex.formatHex(GrownTree.of(List.of()).range.root()))
                .isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assertThat(hex.formatHex(GrownTree.of(data).range.root()))
                .isEqualTo("5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
        assertThat(hex.formatHex(GrownTree.of(data.subList(0, 3)).range.root()))
                .isEqualTo("aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77");
    }

    @Test
    void ten_thousand_random_trees_agree_with_the_definitions() throws Exception {
        for (RandomTree asked : RandomTree.some(10_000, 6962)) {
            NaiveTree naive = new NaiveTree(asked.data());
            GrownTree grown = GrownTree.of(asked.data());
            byte[] root = naive.root();
            byte[] earlierRoot = new NaiveTree(asked.data().subList(0, asked.earlier())).root();
            TreeProver prover = grown.prover();
            assertThat(grown.range.root()).isEqualTo(root);
            assertThat(grown.storedHashes()).isEqualTo((int) StoredHash.count(asked.size()));
            assertThat(prover.root(asked.size())).isEqualTo(root);
            assertThat(prover.root(asked.earlier())).isEqualTo(earlierRoot);
            assertThat(CompactRange.of(asked.earlier(), prover.peaks(asked.earlier()))
                            .root())
                    .isEqualTo(earlierRoot);
            List<byte[]> path = prover.inclusion(asked.index(), asked.size());
            assertThat(hex(path)).isEqualTo(hex(naive.path(asked.index())));
            byte[] leaf = TreeHash.leaf(asked.data().get(asked.index()));
            assertThat(TreeProof.includes(leaf, asked.index(), asked.size(), path, root))
                    .isTrue();
            List<byte[]> consistency = prover.consistency(asked.earlier(), asked.size());
            assertThat(hex(consistency)).isEqualTo(hex(naive.proof(asked.earlier())));
            assertThat(TreeProof.isConsistent(asked.earlier(), earlierRoot, asked.size(), root, consistency))
                    .isTrue();
        }
    }

    @Test
    void a_proof_that_was_changed_in_any_way_proves_nothing() throws Exception {
        Random random = new Random(9162);
        for (RandomTree asked : RandomTree.some(2_000, 17)) {
            GrownTree grown = GrownTree.of(asked.data());
            byte[] root = grown.range.root();
            byte[] leaf = TreeHash.leaf(asked.data().get(asked.index()));
            List<byte[]> path = grown.prover().inclusion(asked.index(), asked.size());
            List<byte[]> changed = changed(path, random);
            assertThat(TreeProof.includes(leaf, asked.index(), asked.size(), changed, root))
                    .isFalse();
            assertThat(TreeProof.includes(leaf, asked.index() + asked.size(), asked.size(), path, root))
                    .isFalse();
            assertThat(TreeProof.includes(leaf, -1 - asked.index(), asked.size(), path, root))
                    .isFalse();
            if (asked.size() > 1) {
                assertThat(TreeProof.includes(leaf, asked.index() ^ 1, asked.size(), path, root))
                        .isFalse();
            }
            byte[] earlierRoot = grown.prover().root(asked.earlier());
            List<byte[]> consistency = grown.prover().consistency(asked.earlier(), asked.size());
            assertThat(TreeProof.isConsistent(
                            asked.earlier(), earlierRoot, asked.size(), root, changed(consistency, random)))
                    .isFalse();
            byte[] otherRoot = flipped(earlierRoot, random);
            assertThat(TreeProof.isConsistent(asked.earlier(), otherRoot, asked.size(), root, consistency))
                    .isFalse();
        }
    }

    private static List<byte[]> changed(List<byte[]> path, Random random) {
        List<byte[]> changed = new ArrayList<>(path);
        int at = path.isEmpty() ? 0 : random.nextInt(path.size());
        switch (path.isEmpty() ? 0 : random.nextInt(4)) {
            case 0 -> changed.add(at, new byte[32]);
            case 1 -> changed.remove(at);
            case 2 -> changed.set(at, flipped(path.get(at), random));
            default -> changed.set(at, new byte[31]);
        }
        return changed;
    }

    private static byte[] flipped(byte[] hash, Random random) {
        byte[] flipped = hash.clone();
        flipped[random.nextInt(32)] ^= (byte) (1 << random.nextInt(8));
        return flipped;
    }

    @Test
    void a_question_about_a_leaf_or_a_tree_that_is_not_there_is_refused() {
        TreeProver prover = GrownTree.of(List.of(new byte[1])).prover();
        assertThatIllegalArgumentException().isThrownBy(() -> prover.inclusion(1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> prover.consistency(2, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> CompactRange.of(3, List.of(new byte[32])));
    }

    @Test
    void tiles_hold_the_hashes_of_their_level_under_the_path_of_the_specification() throws Exception {
        RandomTree asked = new RandomTree(7, 70_000, 0, 0);
        GrownTree grown = GrownTree.of(asked.data());
        assertThat(new Tile(0, 1_234_067, 256).path()).isEqualTo("tile/0/x001/x234/067");
        Tile partial = Tile.parse("tile/0/273.p/112");
        assertThat(partial).isEqualTo(new Tile(0, 273, 112));
        assertThat(partial.isIn(70_000)).isTrue();
        assertThat(Tile.parse("tile/0/273.p/113").isIn(70_000)).isFalse();
        assertThat(Tile.parse("tile/1/001.p/17").isIn(70_000)).isTrue();
        assertThat(Tile.parse("tile/2/000.p/1").isIn(70_000)).isTrue();
        assertThat(Tile.parse("tile/2/000.p/2").isIn(70_000)).isFalse();
        byte[] above = Tile.parse("tile/1/000").bytes(grown.reader());
        assertThat(above).hasSize(8_192);
        for (int index : new int[] {0, 100, 255}) {
            NaiveTree below = new NaiveTree(asked.data().subList(index * 256, (index + 1) * 256));
            assertThat(java.util.Arrays.copyOfRange(above, index * 32, index * 32 + 32))
                    .isEqualTo(below.root());
        }
    }

    @Test
    void no_tile_has_a_second_path() {
        for (String path : List.of(
                "tile/00/000",
                "tile/8/000",
                "tile/0/000.p/0",
                "tile/0/000.p/256",
                "tile/0/x000/001",
                "tile/0/1",
                "tile/0/0000",
                "tile/0/x1/000",
                "/tile/0/000",
                "tile/0/000/",
                "tile/0/000.p/01",
                "tile/entries/000")) {
            assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> Tile.parse(path)))
                    .as(path)
                    .isInstanceOf(NoteRefused.class);
        }
    }
}
