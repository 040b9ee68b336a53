using Agents.Plugins.Sift.Predictions;
using Agents.Plugins.Sift.Stickers;
using Agents.Reasoning;
using Agents.Strategies.Candidates;

namespace Agents.Plugins.Sift;

/// <summary>State of one run of the method: stickers and predictions of the current stage. No text of an earlier stage enters any prompt, except through the sticker.</summary>
internal sealed class SiftRun(IReasoningContext context, SiftCalls calls, SiftSettings settings, int stickerCount, int predictionCount)
{
    private View? _question;

    /// <summary>Returns the calls that a stage needs at most.</summary>
    /// <param name="stage">1 to 3.</param>
    public int CostOf(int stage)
    {
        // An inverse needs the view of question and sticker, which only this way of comparing has not yet asked for.
        int view = stickerCount * predictionCount;
        int unseen = stage == 3 && settings.Consensus == ConsensusStrategy.StickerWithQuestion ? view : 0;
        return (stage == 3 ? 2 * stickerCount : stickerCount) + (2 * view) + unseen;
    }

    /// <summary>Gets the calls of the plain answer.</summary>
    public int CostOfQuestion => stickerCount * predictionCount;

    /// <summary>Gets the fewest calls of what stands in where the views never agreed: a group of plain answers may be cut short, views of several stickers may not.</summary>
    public int CostOfFallback => settings.Consensus == ConsensusStrategy.StickerWithBoth || Stickers.Count == 0 ? 1 : CostOfQuestion;

    /// <summary>Gets the current stickers.</summary>
    public IReadOnlyList<Sticker> Stickers { get; private set; } = [];

    /// <summary>Gets the view of the sticker alone.</summary>
    public View FromSticker { get; private set; } = View.None;

    /// <summary>Gets the view of question and sticker.</summary>
    public View FromBoth { get; private set; } = View.None;

    /// <summary>Gets the view of the plain question; asked for at most once.</summary>
    public View FromQuestion => _question ?? View.None;

    /// <summary>Gets the prediction that stands in when the run has to end now: that of the best grounded view there is.</summary>
    public Candidate? Draft => FromBoth.Result ?? FromQuestion.Result ?? FromSticker.Result;

    /// <summary>Runs a stage: makes its stickers and compares the views.</summary>
    /// <param name="step">Step of the calls.</param>
    /// <param name="stage">1 to 3.</param>
    /// <param name="cancellationToken">Passed to the model.</param>
    /// <returns>The agreed prediction; null when the views disagree or one is missing.</returns>
    public async Task<Candidate?> StageAsync(IReasoningStep step, int stage, CancellationToken cancellationToken)
    {
        IReadOnlyList<Sticker> stickers = stage switch
        {
            1 => await calls.StickersAsync(step, stickerCount, cancellationToken).ConfigureAwait(false),
            2 => await CorrectAsync(step, Stickers, cancellationToken).ConfigureAwait(false),
            _ => await CorrectAsync(step, await InvertAsync(step, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false),
        };
        if (stickers.Count == 0)
        {
            // Every call failed: the views of the stage before stay what they are, and they disagreed.
            return null;
        }

        Stickers = stickers;
        return await CompareAsync(step, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes the stickers of the first stage without looking at any prediction.</summary>
    /// <param name="step">Step of the calls.</param>
    /// <param name="cancellationToken">Passed to the model.</param>
    public async Task RestateAsync(IReasoningStep step, CancellationToken cancellationToken) =>
        Stickers = await calls.StickersAsync(step, stickerCount, cancellationToken).ConfigureAwait(false);

    /// <summary>Asks the plain question, once.</summary>
    /// <param name="step">Step of the calls.</param>
    /// <param name="cancellationToken">Passed to the model.</param>
    public async Task<View> QuestionAsync(IReasoningStep step, CancellationToken cancellationToken) =>
        _question ??= new View(await calls.FromQuestionAsync(step, CostOfQuestion, cancellationToken).ConfigureAwait(false));

    /// <summary>Returns what stands in where the views never agreed; asks for it where it is not known yet.</summary>
    /// <param name="step">Step of the calls.</param>
    /// <param name="cancellationToken">Passed to the model.</param>
    public async Task<Candidate?> FallbackAsync(IReasoningStep step, CancellationToken cancellationToken)
    {
        if (Stickers.Count == 0 || settings.Consensus == ConsensusStrategy.StickerWithBoth)
        {
            return (await QuestionAsync(step, cancellationToken).ConfigureAwait(false)).Result;
        }

        if (settings.Consensus == ConsensusStrategy.StickerWithQuestion)
        {
            FromBoth = await BothAsync(step, cancellationToken).ConfigureAwait(false);
            return FromBoth.Result;
        }

        FromSticker = await StickerAsync(step, cancellationToken).ConfigureAwait(false);
        return FromSticker.Result;
    }

    // Both views of a pair start at once, in a fixed order, so that the streams of their calls do not depend on timing.
    private async Task<Candidate?> CompareAsync(IReasoningStep step, CancellationToken cancellationToken)
    {
        switch (settings.Consensus)
        {
            case ConsensusStrategy.StickerWithBoth:
                Task<View> alone = StickerAsync(step, cancellationToken);
                Task<View> together = BothAsync(step, cancellationToken);
                await Task.WhenAll(alone, together).ConfigureAwait(false);
                (FromSticker, FromBoth) = (await alone.ConfigureAwait(false), await together.ConfigureAwait(false));
                return Agreed(FromBoth, FromSticker);
            case ConsensusStrategy.StickerWithQuestion:
                FromBoth = View.None;
                Task<View> sticker = StickerAsync(step, cancellationToken);
                Task<View> plain = QuestionAsync(step, cancellationToken);
                await Task.WhenAll(sticker, plain).ConfigureAwait(false);
                FromSticker = await sticker.ConfigureAwait(false);
                return Agreed(FromSticker, FromQuestion);
            default:
                FromSticker = View.None;
                Task<View> question = QuestionAsync(step, cancellationToken);
                Task<View> both = BothAsync(step, cancellationToken);
                await Task.WhenAll(question, both).ConfigureAwait(false);
                FromBoth = await both.ConfigureAwait(false);
                return Agreed(FromQuestion, FromBoth);
        }
    }

    private Candidate? Agreed(View returned, View other) =>
        returned.Result is { } result && context.Answers.Equivalent(result.FinalAnswer, other.Result?.FinalAnswer) ? result : null;

    private async Task<View> StickerAsync(IReasoningStep step, CancellationToken cancellationToken) =>
        await GatherAsync([.. Stickers.Select(sticker => calls.FromStickerAsync(step, sticker, predictionCount, cancellationToken))]).ConfigureAwait(false);

    private async Task<View> BothAsync(IReasoningStep step, CancellationToken cancellationToken) =>
        await GatherAsync([.. Stickers.Select(sticker => calls.FromBothAsync(step, sticker, predictionCount, cancellationToken))]).ConfigureAwait(false);

    private static async Task<View> GatherAsync(Task<IReadOnlyList<Candidate>>[] groups) =>
        new([.. (await Task.WhenAll(groups).ConfigureAwait(false)).SelectMany(group => group).Select((candidate, index) => candidate with { Index = index })]);

    private static async Task<IReadOnlyList<Sticker>> PresentAsync(Task<Sticker?>[] made) =>
        [.. (await Task.WhenAll(made).ConfigureAwait(false)).Where(sticker => sticker is not null).Select(sticker => sticker!)];

    private Task<IReadOnlyList<Sticker>> CorrectAsync(IReasoningStep step, IReadOnlyList<Sticker> stickers, CancellationToken cancellationToken) =>
        PresentAsync([.. stickers.Select(sticker => calls.CorrectAsync(step, sticker, cancellationToken))]);

    // One inverse per sticker, from the predictions of question and sticker in order; the view must exist for that, whatever was compared.
    private async Task<IReadOnlyList<Sticker>> InvertAsync(IReasoningStep step, CancellationToken cancellationToken)
    {
        if (FromBoth.Predictions.Count == 0 && Stickers.Count > 0)
        {
            FromBoth = await BothAsync(step, cancellationToken).ConfigureAwait(false);
        }

        IEnumerable<Candidate> sources = stickerCount == 1 ? FromBoth.Result is { } result ? [result] : [] : FromBoth.Predictions.Take(stickerCount);
        return await PresentAsync([.. sources.Select(prediction => calls.InvertAsync(step, prediction, cancellationToken))]).ConfigureAwait(false);
    }
}
