using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MixPolicy.Agent.Log.Migrations
{
    /// <inheritdoc />
    public partial class Summaries : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<double>(
                name: "BestHoldoutTop1",
                table: "runs",
                type: "REAL",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Dataset",
                table: "runs",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "HoldoutLoss",
                table: "runs",
                type: "REAL",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "HoldoutTop1",
                table: "runs",
                type: "REAL",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "Intervals",
                table: "runs",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<string>(
                name: "Labels",
                table: "runs",
                type: "TEXT",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "Network",
                table: "runs",
                type: "TEXT",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<double>(
                name: "Progress",
                table: "runs",
                type: "REAL",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "Reward",
                table: "runs",
                type: "REAL",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "TestTop1",
                table: "runs",
                type: "REAL",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "TrainLoss",
                table: "runs",
                type: "REAL",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Methods",
                table: "agents",
                type: "TEXT",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "Policy",
                table: "agents",
                type: "TEXT",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "BestHoldoutTop1",
                table: "runs");

            migrationBuilder.DropColumn(
                name: "Dataset",
                table: "runs");

            migrationBuilder.DropColumn(
                name: "HoldoutLoss",
                table: "runs");

            migrationBuilder.DropColumn(
                name: "HoldoutTop1",
                table: "runs");

            migrationBuilder.DropColumn(
                name: "Intervals",
                table: "runs");

            migrationBuilder.DropColumn(
                name: "Labels",
                table: "runs");

            migrationBuilder.DropColumn(
                name: "Network",
                table: "runs");

            migrationBuilder.DropColumn(
                name: "Progress",
                table: "runs");

            migrationBuilder.DropColumn(
                name: "Reward",
                table: "runs");

            migrationBuilder.DropColumn(
                name: "TestTop1",
                table: "runs");

            migrationBuilder.DropColumn(
                name: "TrainLoss",
                table: "runs");

            migrationBuilder.DropColumn(
                name: "Methods",
                table: "agents");

            migrationBuilder.DropColumn(
                name: "Policy",
                table: "agents");
        }
    }
}
