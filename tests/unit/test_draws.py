from __future__ import annotations

from pathlib import Path

import numba
import numpy as np
import pytest
from scipy import stats
from scipy.special import ndtri

from interrex.engine import draws
from interrex.errors import RunError
from interrex.polity.normal import normal_quantile

ALL = 0xFFFFFFFF


@pytest.mark.published
@pytest.mark.parametrize(
    ("key", "counter", "words"),
    [  # known answers distributed with Random123
        ((0, 0), (0, 0, 0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        ((ALL, ALL), (ALL, ALL, ALL, ALL), (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (
            (0xA4093822, 0x299F31D0),
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
)
def test_philox_gives_the_known_answers(key, counter, words):
    assert tuple(map(int, draws.philox(*key, *counter))) == words
    as_words = [np.uint32(v) for v in (*key, *counter)]
    assert tuple(map(int, draws.philox(*as_words))) == words


def test_keys_differ_by_purpose_and_seed_and_never_move():
    keys = {tuple(map(int, draws.key_for(seed, p))) for seed in range(50) for p in range(len(draws.PURPOSES))}
    assert len(keys) == 50 * len(draws.PURPOSES)
    assert draws.keys_for(7)[draws.NEAR].tolist() == [int(k) for k in draws.key_for(7, draws.NEAR)]
    # The numbers of the purposes are part of every result ever published: append, never reorder.
    assert draws.PURPOSES[:5] == ("BASE", "NEAR", "LEAVE", "VIOLENCE", "ARREST")
    assert draws.PURPOSES[20] == "FORECAST" and draws.FORECAST == 20
    assert draws.key_for(1, 0) == (np.uint32(KEY_1_0[0]), np.uint32(KEY_1_0[1]))


KEY_1_0 = (3893850947, 1620527016)


def test_uniforms_are_never_0_or_1():
    assert 0.0 < draws.uniform(np.uint32(0)) < draws.uniform(np.uint32(ALL)) < 1.0
    assert 0.0 < draws.uniform53(np.uint32(0), np.uint32(0))
    assert draws.uniform53(np.uint32(ALL), np.uint32(ALL)) < 1.0


def test_normal_quantile_is_right_in_the_tails():
    p = np.concatenate(
        [np.logspace(-15, -1, 500), np.linspace(0.1, 0.9, 301), 1.0 - np.logspace(-12, -1, 200)]
    )
    ours = np.array([normal_quantile(x) for x in p])
    assert np.allclose(ours, ndtri(p), rtol=1e-13, atol=1e-15)


def test_normals_and_uniforms_have_their_distributions():
    z = draws.normals(11, draws.PRIOR, (400, 50))
    u = draws.uniforms(11, draws.TRUTH, 20_000)
    assert stats.kstest(z.ravel(), "norm").pvalue > 1e-4
    assert stats.kstest(u, "uniform").pvalue > 1e-4
    assert abs(np.corrcoef(z.T)[np.triu_indices(50, 1)]).max() < 5 / np.sqrt(400)


def test_a_value_depends_on_its_names_not_on_the_shape():
    wide = draws.normals(3, draws.PRIOR, (5, 7), tick=2, noise=10)
    assert (draws.normals(3, draws.PRIOR, (2, 3), tick=2, noise=10) == wide[:2, :3]).all()
    assert (draws.normals(3, draws.PRIOR, 7, tick=2, noise=13) == wide[3]).all()
    with pytest.raises(ValueError, match="dimensions"):
        draws.normals(3, draws.PRIOR, (2, 2, 2))


@pytest.mark.parametrize("mean", [0.0, 0.07, 1.0, 12.5, 400.0])
def test_poisson_is_exact(mean):
    size = 4000 if mean < 100 else 800
    values = np.array([draws.poisson(mean, 5, 6, 7, 8, entity) for entity in range(size)])
    if mean == 0.0:
        assert (values == 0).all()
        return
    low, high = stats.poisson.ppf([0.0005, 0.9995], mean)
    edges = np.unique(
        np.concatenate([[-0.5], np.arange(low, high + 1, max(1, int(np.sqrt(mean)))) + 0.5, [np.inf]])
    )
    expected = np.diff(stats.poisson.cdf(edges, mean)) * size
    observed = np.histogram(values, edges)[0]
    kept = expected > 5
    assert (
        stats.chisquare(
            np.append(observed[kept], observed[~kept].sum()), np.append(expected[kept], expected[~kept].sum())
        ).pvalue
        > 1e-4
    )


# --- neighbours: draws whose names differ by one must have nothing in common -----------------------------------

AXES = ("key word 0", "key word 1", "tick", "noise", "entity", "draw")
CHANCE = 1e-3 / 300
"""A test of a sound generator gives less than this with probability 1/300,000; the families below hold about 150."""

SURE = 1e-12
"""A planted weakness must give less than this."""


@numba.njit
def _shipped(names):
    out = np.empty((4, names.shape[1]), np.uint32)
    for j in range(names.shape[1]):
        out[0, j], out[1, j], out[2, j], out[3, j] = draws.philox(
            names[0, j], names[1, j], names[2, j], names[3, j], names[4, j], names[5, j]
        )
    return out


def shipped(names):
    """Words u4[4, n] of the generator in use for names u4[6, n], in the order of AXES."""
    return _shipped(names.astype(np.uint32))


def philox_of(rounds):
    """Philox4x32 with so many rounds, written again with numpy: too few of them make a generator that is weak."""
    low, half = np.uint64(0xFFFFFFFF), np.uint64(32)

    def words(names):
        k0, k1, c0, c1, c2, c3 = names.astype(np.uint64)
        for _ in range(rounds):
            p, q = np.uint64(0xD2511F53) * c0, np.uint64(0xCD9E8D57) * c2
            c0, c1, c2, c3 = (q >> half) ^ c1 ^ k0, q & low, (p >> half) ^ c3 ^ k1, p & low
            k0, k1 = (k0 + np.uint64(0x9E3779B9)) & low, (k1 + np.uint64(0xBB67AE85)) & low
        return np.stack([c0, c1, c2, c3]).astype(np.uint32)

    return words


def avalanche(first, second):
    """Two p-values: whether each of the 128 bits flips in half of the pairs, and whether 64 flip in a pair with
    the scatter of tosses of a coin."""
    flips = np.bitwise_xor(first, second)
    size = flips.shape[1]
    bits = np.unpackbits(flips.view(np.uint8).reshape(4, size, 4), axis=2)
    each = (bits.mean(axis=1) - 0.5) * 2.0 * np.sqrt(size)
    together = (bits.sum(axis=(0, 2), dtype=float) - 64.0) ** 2 / 32.0
    return [stats.chi2.sf((each**2).sum(), 128), stats.chi2.sf(together.sum(), size)]


def correlations(u):
    """p-values of the serial correlations of each word at lags 1 to 3, and of every two words."""
    size = u.shape[1]
    pairs = [(u[w, :-lag], u[w, lag:]) for w in range(4) for lag in (1, 2, 3)]
    pairs += [(u[v], u[w]) for w in range(4) for v in range(w)]
    found = [np.corrcoef(a, b)[0, 1] if a.std() > 0 < b.std() else 1.0 for a, b in pairs]
    return [2.0 * stats.norm.sf(abs(r) * np.sqrt(size)) for r in found]


def uniformity(u, cells=32):
    """p-values of the counts of (draw, next draw) on a chessboard, for each word."""
    found = []
    for word in u:
        at = (word[:-1:2] * cells).astype(int) * cells + (word[1::2] * cells).astype(int)
        found.append(stats.chisquare(np.bincount(at, minlength=cells * cells)).pvalue)
    return found


def neighbours(words, axis, seed=3):
    """Smallest p-value of each kind of test among names that differ by one along an axis."""
    rng = np.random.default_rng([seed, axis])
    names = rng.integers(0, 1 << 32, (6, 4000))
    here = words(names)
    spread = []
    for step in (1, -1):
        moved = names.copy()
        moved[axis] = (moved[axis] + step) % (1 << 32)
        spread += avalanche(here, words(moved))
    line = np.repeat(rng.integers(0, 1 << 32, (6, 1)), 20_000, axis=1)
    line[axis] = (line[axis] + np.arange(line.shape[1])) % (1 << 32)
    u = (words(line) + 0.5) / 2.0**32
    return {"avalanche": min(spread), "correlation": min(correlations(u)), "uniformity": min(uniformity(u))}


def test_the_second_writing_of_philox_is_the_same():
    names = np.random.default_rng(1).integers(0, 1 << 32, (6, 2000))
    assert (philox_of(10)(names) == shipped(names)).all()


@pytest.mark.parametrize("axis", range(6), ids=AXES)
def test_neighbouring_names_have_nothing_in_common(axis):
    assert min(neighbours(shipped, axis).values()) > CHANCE


@pytest.mark.parametrize("axis", range(6), ids=AXES)
def test_a_generator_with_too_few_rounds_is_caught_along_every_axis_by_every_test(axis):
    assert max(neighbours(philox_of(2), axis).values()) < SURE
    assert max(neighbours(philox_of(4), axis).values()) < SURE


def test_the_tests_still_see_five_rounds_and_no_longer_see_seven():
    """Where the power ends: the published generator passes BigCrush from seven rounds on."""
    assert min(min(neighbours(philox_of(5), axis).values()) for axis in range(6)) < SURE
    assert min(min(neighbours(philox_of(7), axis).values()) for axis in range(6)) > CHANCE


def test_neighbouring_seeds_and_purposes_have_nothing_in_common():
    size, purposes = 4000, len(draws.PURPOSES)
    names = np.zeros((6, size), np.int64)
    names[2:] = np.random.default_rng(5).integers(0, 1 << 32, (4, 1))  # the same counter for all
    names[:2] = np.array([draws.key_for(seed, draws.BASE) for seed in range(size)]).T
    u = (shipped(names) + 0.5) / 2.0**32
    assert min(avalanche(shipped(names[:, :-1]), shipped(names[:, 1:]))) > CHANCE
    assert min([*correlations(u), *uniformity(u, 16)]) > CHANCE
    keys = np.array([draws.key_for(1 + k // purposes, k % purposes) for k in range(size)]).T
    names[:2] = keys
    u = (shipped(names) + 0.5) / 2.0**32
    assert min(avalanche(shipped(names[:, :-1]), shipped(names[:, 1:]))) > CHANCE
    assert min([*correlations(u), *uniformity(u, 16)]) > CHANCE
    plain = names.copy()
    plain[0], plain[1] = 1 + np.arange(size) // purposes, np.arange(size) % purposes
    weak = philox_of(2)
    assert min(avalanche(weak(plain[:, :-1]), weak(plain[:, 1:]))) < SURE


@pytest.mark.parametrize("seed", [-1, 1 << 64, 1.0, "1", True, None])
def test_what_is_no_seed_is_refused_wherever_something_is_drawn(seed: object) -> None:
    for draw in (lambda: draws.key_for(seed, draws.BASE), lambda: draws.normals(seed, draws.PRIOR, 3)):  # type: ignore[arg-type]
        with pytest.raises(RunError, match="whole numbers from 0 to 2"):
            draw()


@pytest.mark.parametrize("seed", [0, (1 << 64) - 1, np.uint64(7), np.int64(7)])
def test_every_whole_number_of_64_bits_is_a_seed(seed: int) -> None:
    assert np.array_equal(draws.normals(seed, draws.PRIOR, 3), draws.normals(int(seed), draws.PRIOR, 3))


@pytest.mark.parametrize("command", ["run", "score"])
def test_a_seed_out_of_range_ends_a_command_with_a_sentence_and_nothing_written(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from fixtures import toy as cases
    from interrex import cli

    case = cases.write(tmp_path / "toy")
    out = tmp_path / "runs"
    for seed in ("-1", str(1 << 64)):
        assert cli.main([command, str(case), "--quick", "--workers", "1", "--seed", seed, "--out", str(out)]) == 2
        told = capsys.readouterr().err
        assert f"{seed} is no seed" in told and "Traceback" not in told
    assert not out.exists() or not any(out.rglob("*.*"))
