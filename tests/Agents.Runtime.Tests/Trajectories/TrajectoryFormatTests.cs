using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Agents.Runtime.Trajectories;

namespace Agents.Runtime.Tests.Trajectories;

public sealed class TrajectoryFormatTests
{
    private static readonly Trajectory Sample = Recorded.Of("two and two?", Recorded.Call("default", 0, "Answer: 4") with { Reward = 1, Value = 0.5 }, Recorded.Call("verifier", 1, "right", reads: 1));

    [Fact]
    public void Read_WhatWasWritten_GivesItBackExactly()
    {
        byte[] line = TrajectoryFormat.Write(Sample);

        Trajectory read = TrajectoryFormat.Read(Json(line));

        Assert.Equal(line, TrajectoryFormat.Write(read));
        Assert.Equal(Sample.Nodes[1].Tokens!.Plain!, read.Nodes[1].Tokens!.Plain!);
        Assert.Equal(Sample.Nodes[1].Tokens!.Ids, read.Nodes[1].Tokens!.Ids);
        Assert.Null(read.Nodes[2].Reward);
        Assert.Equal(Sample.Prompts[0].Tokens!, read.Prompts[0].Tokens!);
    }

    [Fact]
    public void Write_AnyTrajectory_IsOneLineWithoutTypeNames()
    {
        string line = Encoding.UTF8.GetString(TrajectoryFormat.Write(Sample));

        Assert.Equal(line.Length - 1, line.IndexOf('\n', StringComparison.Ordinal));
        Assert.DoesNotContain("Agents.", line, StringComparison.Ordinal);
        Assert.DoesNotContain("$type", line, StringComparison.Ordinal);
    }

    [Fact]
    public void TryCheck_AnyByteChanged_IsFalse()
    {
        byte[] line = TrajectoryFormat.Write(Sample)[..^1];
        for (int at = 0; at < line.Length; at++)
        {
            byte before = line[at];
            line[at] ^= 0x10;
            Assert.False(TrajectoryFormat.TryCheck(line, out _), $"byte {at}");
            line[at] = before;
        }
    }

    [Fact]
    public void Read_OlderVersion_GoesThroughEveryUpcaster()
    {
        JsonObject old = JsonNode.Parse(Json(TrajectoryFormat.Write(Sample)).ToArray())!.AsObject();
        old["schema"] = 1;
        old.Remove("strategy");
        old["method"] = "vote";
        List<string> order = [];

        Trajectory read = TrajectoryFormat.Read(
            Encoding.UTF8.GetBytes(old.ToJsonString()),
            [
                line =>
                {
                    order.Add("1 to 2");
                    line["plan"] = line["method"]!.GetValue<string>();
                    return line;
                },
                line =>
                {
                    order.Add("2 to 3");
                    line["strategy"] = line["plan"]!.GetValue<string>();
                    return line;
                },
            ]);

        Assert.Equal(["1 to 2", "2 to 3"], order);
        Assert.Equal("vote", read.Strategy);
    }

    [Fact]
    public void Read_NewerVersion_SaysSo()
    {
        string json = Encoding.UTF8.GetString(Json(TrajectoryFormat.Write(Sample))).Replace("\"schema\":1", "\"schema\":9", StringComparison.Ordinal);

        TrajectoryException error = Assert.Throws<TrajectoryException>(() => TrajectoryFormat.Read(Encoding.UTF8.GetBytes(json)));

        Assert.Contains("version 9", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"id\":1,\"parent\":0", "\"id\":7,\"parent\":0")]
    [InlineData("\"id\":1,\"parent\":0", "\"id\":1,\"parent\":5")]
    [InlineData("\"prompt\":1", "\"prompt\":2")]
    [InlineData("\"prompt\":1", "\"prompt\":-1")]
    [InlineData("\"schema\":1", "\"schema\":0")]
    [InlineData("\"schema\":1,", "")]
    public void Read_WrongIndices_AreRefused(string part, string wrong)
    {
        string json = Encoding.UTF8.GetString(Json(TrajectoryFormat.Write(Sample)));
        Assert.Contains(part, json, StringComparison.Ordinal);

        Assert.Throws<JsonException>(() => TrajectoryFormat.Read(Encoding.UTF8.GetBytes(json.Replace(part, wrong, StringComparison.Ordinal))));
    }

    private static ReadOnlySpan<byte> Json(byte[] line)
    {
        Assert.True(TrajectoryFormat.TryCheck(line.AsSpan(..^1), out ReadOnlySpan<byte> json));
        return json;
    }
}
