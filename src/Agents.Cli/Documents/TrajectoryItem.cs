namespace Agents.Cli.Documents;

/// <summary>Recorded trajectories of one strategy, model and source.</summary>
/// <param name="Strategy">The strategy.</param>
/// <param name="Model">The model's name; null when unknown.</param>
/// <param name="Source">What asked.</param>
/// <param name="Trajectories">How many requests.</param>
/// <param name="Questions">How many different questions.</param>
/// <param name="Calls">Model calls.</param>
/// <param name="Judged">Texts with a verdict.</param>
/// <param name="Right">Texts that are right.</param>
/// <param name="AnswersJudged">Final answers with a verdict.</param>
/// <param name="AnswersRight">Final answers that are right.</param>
/// <param name="First">Time of the first request.</param>
/// <param name="Last">Time of the last request.</param>
internal sealed record TrajectoryItem(
    string Strategy, string? Model, string Source, int Trajectories, int Questions, long Calls, int Judged, int Right, int AnswersJudged, int AnswersRight, DateTimeOffset First, DateTimeOffset Last);
