using System.Collections.Immutable;
using System.Globalization;
using Agents.Models;
using Agents.Training.Advantages;
using Agents.Training.Errors;
using Agents.Training.Experience;
using Agents.Training.Rollouts;
using Agents.Verification;

namespace Agents.Training.Rewards;

/// <summary>
/// The weighted sum of several verifiers' scores, optionally with a penalty for long completions. A completion that one of the weighted verifiers could not judge
/// has no reward; an invalid one has the score 0 of that verifier.
/// </summary>
public sealed class WeightedRewardComposer : IRewardComposer
{
    private const string LengthComponent = "overlong";
    private readonly ITokenizer _tokenizer;
    private readonly ImmutableArray<RewardComponent> _components;
    private readonly OverlongPenalty? _penalty;

    /// <summary>Creates the composer.</summary>
    /// <param name="tokenizer">Turns completions into the text that verifiers read.</param>
    /// <param name="components">Verifiers with unique names, at least one.</param>
    /// <param name="penalty">Penalty by length (DAPO), reported as the component <c>overlong</c>; null for none.</param>
    /// <exception cref="ArgumentException">There is no component, a name is taken, or a weight is not finite.</exception>
    public WeightedRewardComposer(ITokenizer tokenizer, IEnumerable<RewardComponent> components, OverlongPenalty? penalty = null)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(components);
        _tokenizer = tokenizer;
        _components = [.. components];
        _penalty = penalty;
        string[] names = [.. _components.Select(component => component.Name), .. penalty is null ? [] : (string[])[LengthComponent]];
        if (_components.IsEmpty || names.Distinct(StringComparer.Ordinal).Count() != names.Length || _components.Any(component => !double.IsFinite(component.Weight)))
        {
            throw new ArgumentException($"A reward needs at least one component, unique names and finite weights; got {string.Join(", ", _components.Select(c => $"{c.Name} × {c.Weight}"))}.", nameof(components));
        }

        _ = penalty?.Of(0);
    }

    /// <inheritdoc/>
    public string Settings => string.Join(
        ' ',
        _components.Select(component => string.Create(CultureInfo.InvariantCulture, $"{component.Name}*{component.Weight:R}"))
            .Append(_penalty is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{LengthComponent} {_penalty.Limit} {_penalty.Buffer} {_penalty.Factor:R}"))).TrimEnd();

    /// <inheritdoc/>
    public async ValueTask<ExperienceGroup> ScoreAsync(RolloutPrompt prompt, ExperienceGroup group, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(group);
        var rows = ImmutableArray.CreateBuilder<ExperienceRow>(group.Rows.Length);
        foreach (ExperienceRow row in group.Rows)
        {
            rows.Add(await ScoreAsync(prompt, row, cancellationToken).ConfigureAwait(false));
        }

        return group with { Rows = rows.MoveToImmutable() };
    }

    private async ValueTask<ExperienceRow> ScoreAsync(RolloutPrompt prompt, ExperienceRow row, CancellationToken cancellationToken)
    {
        VerificationRequest request = new(prompt.Question, _tokenizer.Decode(row.CompletionTokenIds, skipSpecial: true), prompt.Id)
        {
            Reference = prompt.Reference,
            Members = prompt.Members,
            Tests = prompt.Tests,
        };
        var rewards = ImmutableSortedDictionary.CreateBuilder<string, double>(StringComparer.Ordinal);
        double total = 0;
        foreach (RewardComponent component in _components)
        {
            Verdict verdict = await component.Verifier.JudgeAsync(request, cancellationToken).ConfigureAwait(false);
            double score = verdict.Invalid ? 0 : verdict.Score ?? double.NaN;
            if (double.IsInfinity(score) || score < 0 || score > 1)
            {
                throw new TrainingException($"The verifier '{component.Name}' gave the score {score} to a completion of '{prompt.Id}'; scores lie in [0, 1]. Scale it, or choose a weight.");
            }

            rewards.Add(component.Name, score);

            // A component of weight 0 is watched, not rewarded, so its silence masks nothing.
            total += component.Weight == 0 ? 0 : component.Weight * score;
        }

        if (_penalty is { } penalty)
        {
            double cost = penalty.Of(row.CompletionTokenIds.Length);
            rewards.Add(LengthComponent, cost);
            total += cost;
        }

        return row with { Rewards = rewards.ToImmutable(), Reward = total };
    }
}
