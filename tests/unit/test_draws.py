import numpy as np
import pytest
from scipy import stats
from scipy.special import ndtri

from interrex.engine import draws
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


def test_shuffle_is_a_fair_permutation():
    orders = np.array([draws.shuffle(5, 1, 2, entity) for entity in range(6000)])
    assert (np.sort(orders, axis=1) == np.arange(5)).all()
    for place in range(5):
        assert stats.chisquare(np.bincount(orders[:, place], minlength=5)).pvalue > 1e-4
    assert draws.shuffle(0, 1, 2, 3).size == 0 and draws.shuffle(1, 1, 2, 3).tolist() == [0]
