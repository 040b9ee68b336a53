using Agents.Plugins.Sift.Stickers;
using Agents.Replication;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.Sift.Replication;

/// <summary>Makes every sticker of the method for every item, whether the views agree or not, and scores it against the facts: the quality of sticker generation, forward optimization and inverse generation.</summary>
internal sealed class StickerStudy(ILaboratory laboratory, SiftCondition condition)
{
    /// <summary>Names of the stickers, in the order in which they are made.</summary>
    public static IReadOnlyList<string> Stages { get; } = ["SG", "FO", "IG", "IG+FO"];

    private const int MaximumTokens = 256;

    /// <summary>Returns the name of a measured value.</summary>
    /// <param name="stage">One of <see cref="Stages"/>.</param>
    /// <param name="recall">Recall, or precision.</param>
    public static string Value(string stage, bool recall) => stage + (recall ? " recall" : " precision");

    /// <summary>Makes the stickers of one item: five calls.</summary>
    /// <param name="item">The item.</param>
    /// <param name="seed">Seed of the arm.</param>
    /// <param name="cancellationToken">Stops the calls.</param>
    public async Task<Observation> ObserveAsync(ExperimentItem item, ulong seed, CancellationToken cancellationToken)
    {
        Sticker generated = StickerReader.Read(await AskAsync("sift/sticker", [("question", item.Question)], Seed(item, seed, 0), cancellationToken).ConfigureAwait(false));
        Sticker forward = await CorrectAsync(item, generated, Seed(item, seed, 1), cancellationToken).ConfigureAwait(false);
        string prediction = await AskAsync("sift/solve-with-sticker", [("question", item.Question), ("sticker", forward.Text)], Seed(item, seed, 2), cancellationToken).ConfigureAwait(false);
        Sticker inverse = StickerReader.Read(await AskAsync("sift/invert", [("prediction", prediction), ("schema", false)], Seed(item, seed, 3), cancellationToken).ConfigureAwait(false));
        Sticker last = await CorrectAsync(item, inverse, Seed(item, seed, 4), cancellationToken).ConfigureAwait(false);
        Dictionary<string, double> values = [];
        foreach ((string stage, Sticker sticker) in Stages.Zip([generated, forward, inverse, last]))
        {
            FactScore score = FactScore.Of(sticker, item.Facts);
            values[Value(stage, recall: true)] = score.Recall;
            values[Value(stage, recall: false)] = score.Precision;
        }

        return new Observation { Response = generated.Text, Calls = 5, Values = values };
    }

    private async Task<Sticker> CorrectAsync(ExperimentItem item, Sticker sticker, long seed, CancellationToken cancellationToken) => StickerReader.Read(
        await AskAsync("sift/correct", [("question", item.Question), ("sticker", sticker.Text), ("schema", false)], seed, cancellationToken).ConfigureAwait(false));

    private async Task<string> AskAsync(string prompt, IEnumerable<(string Name, object Value)> variables, long seed, CancellationToken cancellationToken)
    {
        Dictionary<string, object?> given = variables.ToDictionary(variable => variable.Name, variable => (object?)variable.Value);
        ChatResponse response = await laboratory.Model.Client
            .GetResponseAsync(laboratory.Prompt(prompt, given), new ChatOptions { Temperature = (float)condition.Temperature, MaxOutputTokens = MaximumTokens, Seed = seed }, cancellationToken).ConfigureAwait(false);
        return response.Text.Trim();
    }

    // Stable over runs and machines: the hash of the item's id with seed and place of the call.
    private static long Seed(ExperimentItem item, ulong seed, ulong call)
    {
        ulong hash = 14695981039346656037;
        foreach (char letter in item.Id)
        {
            hash = unchecked((hash ^ letter) * 1099511628211);
        }

        return (long)(new SampleStream(hash, seed, call).NextUnit() * int.MaxValue);
    }
}
