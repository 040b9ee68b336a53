using Agents.Runtime.Learning;
using Agents.Training.Errors;
using Agents.Training.Preflight;

namespace Agents.Runtime.Tests.Learning;

/// <summary>The look at a recipe's run before its first step.</summary>
public sealed class RecipePreflightTests : IDisposable
{
    private readonly LoopRecipe _recipe = new();

    public void Dispose() => _recipe.Dispose();

    private static string Short(string yaml, string mode = "on") =>
        $"preflight: {mode}\n" + yaml.Replace("maximumTokens: 48", "maximumTokens: 12", StringComparison.Ordinal);

    [Fact]
    public async Task Reinforcement_AnswersAreCut_RaisesTheLimitStoresItAndKeepsItWhenResumed()
    {
        string yaml = Short(LoopRecipe.Reinforcement);
        RecipeResult whole = await _recipe.RunAsync(yaml, "whole");
        await _recipe.StopAsync(yaml, "stopped", report => report.Reinforcement?.Step == 1);

        RecipeResult resumed = await _recipe.RunAsync(yaml, "stopped", resume: true);

        PreflightChange change = Assert.Single(whole.Preflight.Changes);
        Assert.Equal((PreflightChange.AnswerTokens, 12L), (change.Setting, change.From));
        Assert.Contains(change.To, (long[])[24, 48]);
        Assert.Equal(change, Assert.Single(PreflightFile.Load(Path.Combine(_recipe.Folder, "whole"))!.Changes));
        Assert.Equal(LoopRecipe.Hash(whole.ModelPath), LoopRecipe.Hash(resumed.ModelPath));
    }

    [Fact]
    public async Task Reinforcement_OnlyReported_ChangesNothing()
    {
        RecipeResult result = await _recipe.RunAsync(Short(LoopRecipe.Reinforcement, "report"), "run");

        Assert.Empty(result.Preflight.Changes);
        Assert.Contains(result.Preflight.Findings, finding => finding is { Subject: "truncation", Verdict: PreflightVerdict.Warn });
        Assert.NotNull(result.Preflight.Memory);
    }

    [Fact]
    public async Task Reinforcement_Off_LooksAtNothing()
    {
        await _recipe.RunAsync(Short(LoopRecipe.Reinforcement, "off"), "run");

        Assert.False(File.Exists(Path.Combine(_recipe.Folder, "run", PreflightFile.FileName)));
    }

    [Fact]
    public async Task Reinforcement_NoAnswerEnds_IsRefusedBeforeTheFirstStep()
    {
        string yaml = LoopRecipe.Reinforcement.Replace("maximumTokens: 48", "maximumTokens: 1", StringComparison.Ordinal);

        PreflightException error = await Assert.ThrowsAsync<PreflightException>(() => _recipe.RunAsync(yaml, "run"));

        Assert.Contains("are cut at 4 tokens", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Path.Combine(_recipe.Folder, "run"), "*.checkpoint"));
    }

    [Fact]
    public async Task Preference_Pairs_AreLookedAtBeforeTheFirstStep()
    {
        RecipeResult result = await _recipe.RunAsync(LoopRecipe.Preference, "run");

        Assert.Contains(result.Preflight.Findings, finding => finding.Text.Contains("pairs have equal completions", StringComparison.Ordinal));
        Assert.True(result.Preflight.Memory!.Fits);
    }

    [Fact]
    public void Parse_UnknownMode_NamesTheModes() =>
        Assert.Contains("preflight", Assert.ThrowsAny<Exception>(() => RecipeReader.Parse(Short(LoopRecipe.Reinforcement, "maybe"), "toy.yaml")).Message, StringComparison.Ordinal);
}
