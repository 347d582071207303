# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A tour of a publication
#
# A publication is what readers open: versioned, read-only, with pseudonyms and without names. This notebook shows what is in it.
# It shows counts and shares of at least 20 pupils, never a row of one pupil.

# %%
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from features.moments import moments
from warehouse.home import Home, default_home
from warehouse.publication import current, document

HOME = Home(Path(default_home()))
LEAST = 20
published = current(HOME)
print("publication", published.id, "| as of", published.manifest["as_of"], "| code", published.manifest["code"])


def ask(query: str) -> pd.DataFrame:
    """The answer of the publication to a query."""
    with published.open() as db:
        return db.execute(query).df()


# %% [markdown]
# ## What it was made from, and what it holds

# %%
pd.Series(published.manifest["tables"], name="rows").to_frame()

# %%
pd.DataFrame(document(published, "gate.json"))[["moment", "name", "passed", "reason"]]

# %% [markdown]
# ## How well the models order pupils
#
# Each dot is the area under the ROC curve with its 95 % interval; .5 is chance. All models saw the same rows. `temporal` was tested
# on later pupils, `unseen_schools` on schools that no model saw. Where the scorecard is not above `environment`, knowing the
# pupil adds nothing to knowing the school.

# %%
found = document(published, "evaluations.json")
records = pd.DataFrame(
    [{**{k: r[k] for k in ("moment", "target", "split", "model", "n")}, **r["auc"]} for r in found["evaluations"]]
).dropna(subset=["value"])
panels = list(records.groupby(["moment", "target"], sort=False))
height = -(-len(panels) // 4)
figure, axes = plt.subplots(height, 4, figsize=(11, 3.2 * height), sharey=True, squeeze=False, layout="constrained")
SPLITS = {"temporal": (-0.15, "#1f4e79"), "unseen_schools": (0.15, "#c55a11")}
MODELS = ["random", "flags", "rules", "environment", "logistic", "boosting", "scorecard"]
for axis in axes.flat[len(panels) :]:
    axis.set_visible(False)
for axis, ((moment, target), panel) in zip(axes.flat, panels, strict=False):
    for split, rows in panel.groupby("split"):
        shift, colour = SPLITS[str(split)]
        place = [MODELS.index(m) + shift for m in rows["model"]]
        spread = [(rows["value"] - rows["low"]).clip(lower=0), (rows["high"] - rows["value"]).clip(lower=0)]
        axis.errorbar(rows["value"], place, xerr=spread, fmt="o", color=colour, label=split, markersize=4)
    axis.axvline(0.5, color="#9a9a9a", linestyle="--", linewidth=1)
    axis.set(title=f"{moment}\n{target}", xlabel="AUC", yticks=range(len(MODELS)), yticklabels=MODELS)
    axis.title.set_fontsize(8)
axes[0][0].legend(frameon=False, fontsize=7, loc="upper left")
plt.show()

# %%
pd.DataFrame(found["refusals"])

# %% [markdown]
# ## The probabilities
#
# A list is cut by capacity, so only the right-hand tail of these is ever listed.

# %%
scores = ask(
    "select moment, floor(probability * 20) / 20 as probability, count(*) as pupils from scores group by all order by all"
)
shown = scores[scores["pupils"] >= LEAST].pivot_table(index="probability", columns="moment", values="pupils")
if len(shown):
    shown.plot(style="o-", logy=True, figsize=(7, 3.6), xlabel="calibrated probability", ylabel="pupils (at least 20)")
    plt.show()

# %% [markdown]
# ## The reasons that occur most

# %%
reasons = ask(
    "select moment, feature, count(distinct pupil_id) as pupils from reasons where rank <= 5 group by all order by pupils desc"
)
reasons[reasons["pupils"] >= LEAST].groupby("moment").head(6).sort_values(["moment", "pupils"], ascending=[True, False])

# %% [markdown]
# ## A model is a table
#
# Points are log-odds. Read it as: pupils whose value lies in this range get so many points more than the average pupil.

# %%
from models import artefact

trained = [
    (name, target)
    for name, moment in moments().items()
    for target in moment.targets
    if (HOME.models / name / target / "scorecard.json").exists()
]
name, target = trained[-1]
table = artefact.points_table(artefact.load(HOME.models / name / target).card)
strength = table.groupby("feature")["points"].agg(lambda p: p.max() - p.min()).sort_values(ascending=False)
print(name, target)
strength.head(10).round(2).to_frame("span of points")

# %%
figure, axes = plt.subplots(1, 4, figsize=(11, 2.8), sharey=True, layout="constrained")
for axis, feature in zip(axes, strength.index[:4], strict=False):
    rows = table[(table["feature"] == feature) & ~table["is_missing"]]
    axis.step(rows["from_value"].fillna(rows["below_value"].min()), rows["points"], where="post", color="#1f4e79")
    axis.axhline(0, color="#9a9a9a", linewidth=1)
    axis.set_xlabel(feature, fontsize=8)
axes[0].set_ylabel("points (log-odds)")
plt.show()

# %% [markdown]
# ## Absence over the years

# %%
absence = ask(
    "select school_year, level_code, count(*) as pupils, sum(absent_half_days) / sum(expected_half_days) as absence_rate"
    " from attendance_by_year group by all order by all"
)
by_level = absence[absence["pupils"] >= LEAST].pivot_table(
    index="school_year", columns="level_code", values="absence_rate"
)
by_level.plot(marker="o", figsize=(6, 3.2), ylabel="share of half-days missed", ylim=(0, None))
plt.show()
