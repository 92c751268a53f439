"""How a document is made to end well, as a secretary would (GB/T 9704-2012 7.3.5.5): pitch, letter spacing, blank lines, in this order.

What is adjusted is adjusted in the whole text, never on one side alone, and only within the bounds of ``fit`` in ``layout.yaml``.
"""

from collections.abc import Iterator

from msgspec.structs import replace

from documents.layout.profile import Profile


def ways(profile: Profile, *, sealed: bool) -> Iterator[tuple[Profile, ...]]:
    """Yield the ways to set a document, the profile as it is first and then, the smaller change first, all that may be adjusted in it.

    Those that differ in nothing but their pitch come together, the closest last.

    Args:
        profile: the layout.
        sealed: whether there is the place of a seal, over which a blank line may be spared.
    """
    as_it_is = (profile.title.above_lines, profile.sealed.above_lines)
    least = (profile.fit.title_lines, profile.fit.sealed_lines if sealed else as_it_is[1])
    pitches = _pitches(profile)
    for above in dict.fromkeys((as_it_is, (least[0], as_it_is[1]), (as_it_is[0], least[1]), least)):
        for spacing in (profile.grid.spacing_pt, *profile.fit.spacings_pt):
            yield tuple(_adjusted(profile, pitch, spacing, *above) for pitch in pitches)


def closest(profile: Profile, *, sealed: bool) -> Profile:
    """Return the way that takes the fewest sides."""
    bounds = profile.fit
    over_seal = bounds.sealed_lines if sealed else profile.sealed.above_lines
    return _adjusted(profile, bounds.least_pt, min(bounds.spacings_pt), bounds.title_lines, over_seal)


def _pitches(profile: Profile) -> list[float]:
    bounds, usual = profile.fit, profile.grid.pitch_pt
    steps = round((bounds.most_pt - bounds.least_pt) / bounds.step_pt)
    inside = (usual + step * bounds.step_pt for step in range(-steps, steps + 1))
    found = {round(each, 2) for each in (*inside, bounds.least_pt, bounds.most_pt) if bounds.least_pt <= each <= bounds.most_pt}
    return sorted(found, key=lambda each: (abs(each - usual), each))


def _adjusted(profile: Profile, pitch: float, spacing: float, over_title: float, over_seal: float) -> Profile:
    return replace(
        profile,
        grid=replace(profile.grid, pitch_pt=pitch, spacing_pt=spacing),
        title=replace(profile.title, above_lines=over_title),
        sealed=replace(profile.sealed, above_lines=over_seal),
        # It has the pitch of the text, so that whole lines fill a letter's first side.
        letter=replace(profile.letter, title_pitch_pt=pitch),
    )
